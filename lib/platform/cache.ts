/** A value kept in the container between calls, with rules for its age. */
import type { Clock } from './clock.ts';
import { describeCause, type Logger } from './logger.ts';

export interface CacheOptions<Value> {
  /** Names the cache in the log. */
  readonly name: string;
  readonly load: () => Promise<Value>;
  /** Past this age, in milliseconds, the value is loaded again before it is used. */
  readonly maximumAgeMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Cache<Value> {
  /** The value, fresh; or, when loading fails, the old one for a while. Throws the cause of the failure past that. */
  get(): Promise<Value>;
  /**
   * The value loaded anew, because the one at hand lacks something; as it is, if that was asked less than 5 s ago. Throws when
   * loading fails: then nobody knows what there is not.
   */
  refresh(): Promise<Value>;
}

/** How long a value whose refresh fails is still used, counted from when it was loaded. */
const longestUseMs = 15 * 60_000;
/** Between two loads that an unknown name asks for, and after a load that failed. */
const pauseMs = 5_000;

/**
 * A container may have been frozen for hours, so age is looked at before use and never left to a timer: a key that was
 * retired meanwhile must not be believed. Callers that meet a load under way share it.
 */
export function createCache<Value>({ name, load, maximumAgeMs, clock, logger }: CacheOptions<Value>): Cache<Value> {
  let entry: { value: Value; loadedAtMs: number } | undefined;
  let lastRefreshMs = Number.NEGATIVE_INFINITY;
  let lastFailureMs = Number.NEGATIVE_INFINITY;
  /** Of the latest load. */
  let failure: { readonly cause: unknown } | undefined;
  let loading: Promise<Value> | undefined;

  const reload = (): Promise<Value> => {
    loading ??= loadNow().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  async function loadNow(): Promise<Value> {
    const startedMs = clock.now().getTime();
    try {
      const value = await load();
      entry = { value, loadedAtMs: startedMs };
      failure = undefined;
      return value;
    } catch (cause) {
      lastFailureMs = startedMs;
      failure = { cause };
      if (entry === undefined || isOlder(entry.loadedAtMs, longestUseMs)) throw cause;
      logger.warn('refresh failed, the old value is used', {
        cache: name,
        ageSeconds: Math.round((startedMs - entry.loadedAtMs) / 1000),
        ...describeCause(cause),
      });
      return entry.value;
    }
  }

  /** Also true for a time in the future: the clock has been set back, and nothing is known of the age. */
  function isOlder(sinceMs: number, ageMs: number): boolean {
    const age = clock.now().getTime() - sinceMs;
    return age > ageMs || age < 0;
  }

  return {
    async get() {
      if (entry === undefined || isOlder(entry.loadedAtMs, longestUseMs)) return reload();
      const mayServe = !isOlder(entry.loadedAtMs, maximumAgeMs) || !isOlder(lastFailureMs, pauseMs);
      return mayServe ? entry.value : reload();
    },
    async refresh() {
      const wasJustAsked = loading === undefined && !isOlder(lastRefreshMs, pauseMs);
      if (entry === undefined || !wasJustAsked) {
        lastRefreshMs = clock.now().getTime();
        await reload();
      }
      if (failure !== undefined || entry === undefined) throw failure?.cause;
      return entry.value;
    },
  };
}
