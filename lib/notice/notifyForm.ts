/** Tells a form what became of its item: a duty of attendItems. */
import type { Duty } from '../basket/attendItems.ts';
import type { BasketStore } from '../basket/basketStore.ts';
import { changeItem } from '../basket/changeItem.ts';
import type { Item } from '../item/item.ts';
import type { Cache } from '../platform/cache.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { LogFields, Logger } from '../platform/logger.ts';
import { newChance, newNonce, newUuid } from '../platform/random.ts';
import type { Secrets, ServiceSecrets } from '../platform/secrets.ts';
import { signUrl } from '../publik/signature.ts';
import { type RegieCatalogue, regieOfItem } from '../regie/regie.ts';
import { type NotTold, triggerUrl } from './formAddress.ts';
import { readTry, type TryReading } from './formAnswer.ts';
import { postToForm } from './formCall.ts';
import type { HostGate } from './hostGate.ts';
import { claimNotice, endNotice, isNoticeDue, noticeBody, putOffNotice, recordTry } from './notices.ts';

export interface NotifyingDeps {
  readonly store: BasketStore;
  readonly regies: Cache<RegieCatalogue>;
  readonly secrets: Cache<Secrets>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly config: Pick<Config, 'publicUrl' | 'allowHttp' | 'allowPrivateForms'>;
}

/** A post that begins later than this after its claim could outlive the claim. */
const latestPostMs = 25_000;

/** The gate of a run, and whether the run has time for another try. */
export interface Run {
  readonly gate: HostGate;
  readonly mayGoOn: () => boolean;
}

/*
 * read ──► Put the claim ──► form ──► Put the outcome
 * The claim counts the try before it is made. After a crash, the notice is due a minute later, and the form may have heard. If
 * the form then does not know the trigger any more, it is taken to have heard.
 */
/**
 * Sends the notice of an item when it is due: two writes around one call. When a host is down, each of its other notices costs
 * one write a run.
 */
export function notifyForm(deps: NotifyingDeps, { gate, mayGoOn }: Run): Duty {
  return async (item) => {
    if (!isNoticeDue(item, deps.clock.now())) return item;
    const { services } = await deps.secrets.get();
    const service = Object.hasOwn(services, item.service) ? services[item.service] : undefined;
    const url = await findTarget(deps, item, service);
    if (typeof url === 'string') return giveUp(deps, item, url);
    let current = item;
    const isTried = await gate.pass(url.host, async () => {
      // Put off, not left due: otherwise one slow host would block the next run.
      if (!mayGoOn()) current = await putOff(deps, item, 'no-time');
      else {
        const told = await tell(deps, item, { url, service });
        current = told.item;
        return told.isNetworkFailure;
      }
      return false;
    });
    return isTried ? current : putOff(deps, item, 'host-down');
  };
}

/**
 * The address to call. An unknown alias may have been added a minute ago, so the secrets are read anew. An unknown service may
 * come back, so its address is kept.
 */
async function findTarget(
  { regies, secrets, config }: NotifyingDeps,
  { service, url = '', notice, regieId }: Item,
  known: ServiceSecrets | undefined,
): Promise<URL | NotTold> {
  const { triggers } = regieOfItem(await regies.get(), { regieId });
  const trigger = notice?.trigger ?? 'cancelled';
  const find = (aliases: readonly string[] = []) =>
    triggerUrl(url, triggers?.[trigger] ?? trigger, { service, aliases, allowHttp: config.allowHttp });
  const found = find(known?.aliases);
  if (found !== 'foreign-host') return found;
  if (known === undefined) return URL.parse(url) ?? 'bad-address';
  return find((await secrets.refresh()).services[service]?.aliases);
}

/** Ends a notice that may not be sent. The form's address stays on the page. */
async function giveUp({ store, clock, logger }: NotifyingDeps, item: Item, reason: NotTold): Promise<Item> {
  const now = clock.now();
  logger.warn('form not notifiable', { itemId: item.id, caller: item.service, reason });
  return changeItem(store, item, (read) => (isNoticeDue(read, now) ? endNotice(read, 'not-notifiable', now) : read));
}

function putOff({ store, clock }: NotifyingDeps, item: Item, why: 'host-down' | 'no-time'): Promise<Item> {
  const when = { now: clock.now(), chance: newChance() };
  return changeItem(store, item, (read) => putOffNotice(read, why, when));
}

interface Target {
  readonly url: URL;
  /** Undefined when the service is no longer known: there is no key then. */
  readonly service: ServiceSecrets | undefined;
}

async function tell(deps: NotifyingDeps, item: Item, target: Target) {
  const { store, clock, logger } = deps;
  const claimId = newUuid();
  const claimedAt = clock.now();
  const claimed = await changeItem(store, item, (read) => claimNotice(read, claimId, claimedAt));
  const { notice } = claimed;
  const isLate = clock.now().getTime() - claimedAt.getTime() > latestPostMs;
  if (notice?.claimId !== claimId) return { item: claimed, isNetworkFailure: false };

  const keys = target.service?.outgoing?.keys ?? target.service?.keys ?? [];
  const { reading, durationMs } = isLate ? unsent('late') : await post(deps, claimed, { ...target, keys });
  const ended = { claimId, reading, durationMs, now: clock.now(), chance: newChance(), keyCount: keys.length };
  const recorded = await changeItem(store, claimed, (read) => recordTry(read, ended));
  logTry(logger, recorded, { host: target.url.host, outcome: reading.outcome, reason: reading.reason, durationMs });
  return { item: recorded, isNetworkFailure: reading.isNetworkFailure };
}

interface MadeTry {
  readonly reading: TryReading;
  readonly durationMs: number;
}

/** Recorded all the same: otherwise the next run would take the claim for a try that the form may have heard. */
function unsent(reason: string): MadeTry {
  return { reading: { outcome: 'retry', reason, mayHaveHeard: false, isNetworkFailure: false }, durationMs: 0 };
}

async function post(
  { clock, config }: NotifyingDeps,
  item: Item,
  { url, service, keys }: Target & { readonly keys: readonly string[] },
): Promise<MadeTry> {
  const { keyIndex = 0, mayHaveHeard = false } = item.notice ?? {};
  const key = keys[keyIndex] ?? keys[0];
  if (key === undefined) return unsent('no-key');
  // Without its port, as w.c.s. names itself. w.c.s. keeps the keys of its callers in an INI file, where a colon ends a name.
  const orig = service?.outgoing?.orig ?? new URL(config.publicUrl).hostname;
  const signing = { key, timestamp: clock.now(), nonce: newNonce() };
  const { result, durationMs } = await postToForm({
    url: signUrl(`${url.href}?orig=${encodeURIComponent(orig)}`, signing),
    body: noticeBody(item),
    allowsPrivate: config.allowPrivateForms,
  });
  return { reading: readTry(result, mayHaveHeard, clock.now()), durationMs };
}

/** One line for each try, and one more for whoever the alarm woke when a notice is abandoned: it has the item and the host. */
function logTry(logger: Logger, { id, notice }: Item, fields: LogFields): void {
  const { trigger, tries, end } = notice ?? {};
  logger.info('form tried', { itemId: id, trigger, tries, ...fields });
  if (end === 'failed') logger.error('notice-failed', { itemId: id, host: fields.host });
}
