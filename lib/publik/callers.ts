/** Tells which known service signed a call. */
import type { Cache } from '../platform/cache.ts';
import type { Clock } from '../platform/clock.ts';
import type { Secrets } from '../platform/secrets.ts';
import { AppError } from '../values/errors.ts';
import type { QueryParameter } from './queryString.ts';
import { checkWindow, readSignedQuery, type SignedQuery, verifyMac } from './signature.ts';

/** Who calls, proven. */
export interface Caller {
  /** Name of the service. */
  readonly service: string;
  /** The MAC as computed by us: one value for each signed URL, however it is spelled. */
  readonly mac: Buffer;
  /** The query string that was signed. */
  readonly query: readonly QueryParameter[];
}

interface Deps {
  readonly secrets: Cache<Secrets>;
  readonly clock: Clock;
}

/**
 * Checks a raw query string, as the client sent it, against the keys of the service that it names, or of the stage's
 * default service when it names none.
 *
 * @throws AppError `access-denied`, with the reason for the log.
 */
export function identifyCaller({ secrets, clock }: Deps): (rawQuery: string) => Promise<Caller> {
  return async (rawQuery) => {
    const query = readSignedQuery(rawQuery);
    checkWindow(query, clock.now());
    const known = findService(await secrets.get(), query) ?? findService(await secrets.refresh(), query);
    if (known === undefined) throw unknownCaller(query);
    const { service, keys } = known;
    return { service, mac: verifyMac(query, keys, service), query: query.parameters };
  };
}

/** The one word of a stranger that reaches the log: an operator has to know which host lacks a key. */
function unknownCaller({ orig = '' }: SignedQuery): AppError {
  const details = /^[\w.-]{1,100}$/.test(orig) ? { details: { claimedCaller: orig } } : {};
  return new AppError('access-denied', { reason: 'caller-unknown', ...details });
}

function findService({ services, defaultService }: Secrets, { orig = defaultService }: SignedQuery) {
  if (orig === undefined || !Object.hasOwn(services, orig)) return undefined;
  return { service: orig, keys: services[orig]?.keys ?? [] };
}
