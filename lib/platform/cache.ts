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
  /**
   * The fresh value. When loading fails, the old value, until 15 minutes after it was loaded.
   *
   * @throws the failure's cause after that.
   */
  get(): Promise<Value>;
  /**
   * Loads the value anew, because the one at hand lacks something. If a refresh was asked for less than 5 s ago, returns the
   * value as it is.
   *
   * @throws the cause when the latest load failed: only a fresh value can prove that something does not exist.
   */
  refresh(): Promise<Value>;
}

/** While loading fails, the old value is used for this long, counted from its load. */
const longestUseMs = 15 * 60_000;
/** The pause between two refreshes (an unknown name asks for one), and after a failed load. */
const pauseMs = 5_000;

/**
 * Checks the age before each use, and sets no timer: Lambda may freeze a container for hours, and a key retired meanwhile must
 * not be believed. Callers share a load under way.
 */
export function createCache<Value>({ name, load, maximumAgeMs, clock, logger }: CacheOptions<Value>): Cache<Value> {
  let entry: { value: Value; loadedAtMs: number } | undefined;
  let lastRefreshMs = Number.NEGATIVE_INFINITY;
  let lastFailureMs = Number.NEGATIVE_INFINITY;
  /** The failure of the latest load; undefined after a success. */
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

  /** Also true for a time in the future: the clock was set back, so the age is unknown. */
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
