/** Starting a payment: one attempt, whatever the number of tabs, and the address of the bank for it. */
import { isAskable, type OpenedPayment, type PaymentProvider, type Redirect } from '../bank/paymentProvider.ts';
import { bankProfiles } from '../bank/profiles.ts';
import { changeItem } from '../basket/changeItem.ts';
import { attemptReference, type OpeningFailure } from '../item/attempt.ts';
import type { Item } from '../item/item.ts';
import { describeFailure } from '../platform/logger.ts';
import { newUuid } from '../platform/random.ts';
import { type Regie, regieOfItem } from '../regie/regie.ts';
import { daysBetween, parisDay } from '../values/days.ts';
import { AppError, type ErrorCode } from '../values/errors.ts';
import { attemptOf, closeAttempt, openAttempt, recordOpening } from './attempts.ts';
import { attendLock } from './attendPayments.ts';
import { captureDelayDays, obstacleTo } from './obstacle.ts';
import { asksForEmail, itemEmail, takenEmail } from './payerEmail.ts';
import { type AttemptName, notificationUrl, type PaymentLinkSettings, returnUrl } from './paymentLink.ts';
import type { SettlingDeps } from './settlePayment.ts';
import { resumableRedirect } from './situation.ts';

export interface StartRequest {
  readonly itemId: string;
  /** What the citizen typed, checked, when the bank wants one and the item has none that it takes. */
  readonly email?: string;
  readonly language: 'fr' | 'en';
}

interface Deps extends SettlingDeps {
  readonly links: () => Promise<PaymentLinkSettings>;
}

/**
 * Opens an attempt at the bank of the item's regie, or finds the one that is open: one read, and two writes around the
 * call to the bank.
 *
 *   read ──► Put attempt and lock ──► bank ──► Put its answer ──► citizen
 *
 * Whoever dies on the way leaves an attempt without an answer, which frees the item two minutes later: as long as the
 * answer is not stored, nobody has been sent to the bank.
 *
 * @returns where to send the citizen.
 * @throws AppError `unknown-item`, `already-paid`, `already-cancelled`, `payment-in-progress`, `too-many-attempts`,
 *   `invalid-email` when the bank requires one, `bank-rejected`, `bank-refused-email`, `bank-unavailable`,
 *   `bank-outcome-unknown`, `bank-not-configured`, `temporarily-unavailable`.
 */
export function startPayment(deps: Deps) {
  const { store, regies, clock } = deps;
  return async (request: StartRequest): Promise<Redirect> => {
    const found = await store.read(request.itemId);
    if (found === undefined) throw new AppError('unknown-item');
    const regie = regieOfItem(await regies.get(), found);
    // What has run out is closed first: an earlier payment may turn out to be paid.
    const item = await attendLock(deps)(found);
    const resumed = resumableRedirect(item, clock.now());
    if (resumed !== undefined) return resumed;
    try {
      return await openAtTheBank(deps, { item, regie, request });
    } catch (error) {
      noteFailure(deps, item, error);
      throw error;
    }
  };
}

interface Start {
  readonly item: Item;
  readonly regie: Regie;
  readonly request: StartRequest;
}

async function openAtTheBank(deps: Deps, start: Start): Promise<Redirect> {
  const { item, regie, request } = start;
  const provider = await deps.providerOf(regie);
  const isAsked = asksForEmail(provider, item);
  const typedEmail = isAsked ? takenEmail(provider, request.email) : undefined;
  if (isAsked && typedEmail === undefined) throw new AppError('invalid-email');
  const attempt = await addAttempt(deps, { ...start, provider, typedEmail });
  const opened = await askBankToOpen(deps, attempt, { provider, request, regie });
  return recordAnswer(deps, attempt, { opened, provider });
}

/** One line for each payment that a bank did not open; where only the town can mend it, somebody is woken up. */
function noteFailure({ logger, metrics }: Deps, { id, regieId }: Item, error: unknown): void {
  const code = error instanceof AppError ? error.code : undefined;
  if (code === undefined || !code.startsWith('bank-')) return;
  logger.error('payment not opened', { itemId: id, regieId, ...describeFailure(error) });
  const isForTheTown = code === 'bank-rejected' || code === 'bank-not-configured';
  if (isForTheTown) metrics.record({ name: 'PaymentsRejected', value: 1 });
}

interface NewAttempt extends Start {
  readonly provider: PaymentProvider;
  readonly typedEmail: string | undefined;
}

/** An attempt that has been opened: the item as it stands with it. */
interface AddedAttempt extends AttemptName {
  readonly item: Item;
}

async function addAttempt(
  { store, clock }: Deps,
  { item, regie, provider, typedEmail }: NewAttempt,
): Promise<AddedAttempt> {
  const now = clock.now();
  if (obstacleTo(item, regie, now) === 'capture-too-late') throw new AppError('bank-rejected');
  const { captureDate } = item;
  const attempt = {
    startId: newUuid(),
    bank: regie.bank,
    mode: provider.mode,
    shop: provider.shop,
    ...(typedEmail === undefined ? {} : { email: typedEmail }),
    // Counted on the day on which the citizen pays.
    ...(captureDate === undefined || captureDelayDays(item, now) === 0 ? {} : { captureDate }),
  };
  const changed = await changeItem(store, item, (read) => openAttempt(read, attempt, now));
  const [attemptId = ''] =
    Object.entries(changed.payments).find(([, { startId }]) => startId === attempt.startId) ?? [];
  return { item: changed, itemId: changed.id, attemptId };
}

async function askBankToOpen(
  { store, links, clock }: Deps,
  name: AddedAttempt,
  { provider, request, regie }: Pick<NewAttempt, 'provider' | 'request' | 'regie'>,
): Promise<OpenedPayment> {
  const { item, attemptId } = name;
  const attempt = attemptOf(item, attemptId);
  const { captureDate, createdAt, email = itemEmail(provider, item) } = attempt;
  const settings = await links();
  try {
    return await provider.open({
      reference: attemptReference(item.id, attemptId),
      amountCents: item.amountCents,
      currency: item.currency,
      label: item.label ?? regie.defaultLabel,
      ...(email === undefined ? {} : { email }),
      captureDelayDays: captureDate === undefined ? 0 : daysBetween(parisDay(new Date(createdAt)), captureDate),
      returnUrl: returnUrl(name, settings),
      notificationUrl: notificationUrl(name, settings),
      language: request.language,
    });
  } catch (cause) {
    // Even when the bank may have opened it: nobody holds its address, so nobody can pay there.
    const failure = failureOf(cause, attempt.email !== undefined);
    const decision = { now: clock.now(), ...(failure === undefined ? {} : { facts: { failure } }) };
    await changeItem(store, item, (read) => closeAttempt(read, attemptId, 'failed', decision));
    throw cause;
  }
}

const failures: Readonly<Partial<Record<ErrorCode, OpeningFailure>>> = {
  'bank-rejected': 'rejected',
  'bank-unavailable': 'unavailable',
  'bank-outcome-unknown': 'unknown',
};

/** What the page tells of it from then on; undefined for a fault of ours. */
function failureOf(error: unknown, isEmailTyped: boolean): OpeningFailure | undefined {
  if (!(error instanceof AppError)) return undefined;
  if (error.code === 'bank-refused-email') return isEmailTyped ? 'typed-email' : 'item-email';
  return failures[error.code];
}

/** The answer is stored before anybody is sent anywhere. */
async function recordAnswer(
  { store }: Deps,
  { item, attemptId }: AddedAttempt,
  { opened, provider }: { opened: OpenedPayment; provider: PaymentProvider },
): Promise<Redirect> {
  const { bank } = attemptOf(item, attemptId);
  const rules = { limits: bankProfiles[bank], isAskable: isAskable(provider) };
  const recorded = await changeItem(store, item, (read) => recordOpening(read, attemptId, opened, rules));
  // The bank took so long that the attempt has failed meanwhile.
  if (attemptOf(recorded, attemptId).redirect === undefined) throw new AppError('bank-outcome-unknown');
  return opened.redirect;
}
