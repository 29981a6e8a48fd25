/** Starting a payment: one attempt, whatever the number of tabs, and the address of the bank for it. */
import { changeItem } from '../basket/changeItem.ts';
import type { Item, Redirect } from '../basket/item.ts';
import { daysBetween, parisDay } from '../calendar.ts';
import { AppError } from '../errors.ts';
import { newUuid } from '../random.ts';
import { type Regie, regieOfItem } from '../regie/regie.ts';
import { attendLock } from './attendPayments.ts';
import { banks } from './banks.ts';
import { attemptOf, attemptReference, closeAttempt, openAttempt, recordOpening } from './payment.ts';
import { type AttemptName, notificationUrl, type PaymentLinkSettings, returnUrl } from './paymentLink.ts';
import { isAskable, type OpenedPayment, type PaymentProvider, usableEmail } from './provider.ts';
import type { SettlingParts } from './settlePayment.ts';
import { resumableRedirect } from './situation.ts';

export interface StartRequest {
  readonly itemId: string;
  /** What the citizen typed, checked, when the bank wants one and the item has none. */
  readonly email?: string;
  readonly language: 'fr' | 'en';
}

/** Where to send the citizen, and on whose behalf. */
export interface StartedPayment {
  readonly redirect: Redirect;
  readonly regie: Regie;
}

interface Dependencies extends SettlingParts {
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
 * @throws AppError `unknown-item`, `already-paid`, `already-cancelled`, `payment-in-progress`, `too-many-attempts`,
 *   `invalid-email` when the bank requires one, `bank-rejected`, `bank-unavailable`, `bank-outcome-unknown`,
 *   `temporarily-unavailable`.
 */
export function startPayment(parts: Dependencies) {
  const { store, regies, providerOf, clock } = parts;
  return async (request: StartRequest): Promise<StartedPayment> => {
    const found = await store.read(request.itemId);
    if (found === undefined) throw new AppError('unknown-item');
    const regie = regieOfItem(await regies.get(), found);
    // What has run out is closed first: an earlier payment may turn out to be paid.
    const item = await attendLock(parts)(found);
    const resumed = resumableRedirect(item, clock.now());
    if (resumed !== undefined) return { redirect: resumed, regie };

    const provider = await providerOf(regie);
    const email = usableEmail(provider, item.email) ?? usableEmail(provider, request.email);
    if (provider.requiresEmail && email === undefined) throw new AppError('invalid-email');
    const attempt = await open(parts, { item, regie, provider, request });
    const opened = await askBankToOpen(parts, attempt, { provider, request, regie });
    return { redirect: await recordAnswer(parts, attempt, { opened, provider }), regie };
  };
}

interface Opening {
  readonly item: Item;
  readonly regie: Regie;
  readonly provider: PaymentProvider;
  readonly request: StartRequest;
}

/** An attempt that has been opened: the item as it stands with it. */
interface Opened extends AttemptName {
  readonly item: Item;
}

async function open({ store, clock, retentionDays }: Dependencies, opening: Opening): Promise<Opened> {
  const { item, regie, provider, request } = opening;
  const now = clock.now();
  const captureDate = laterCapture(item, regie, now);
  const attempt = {
    startId: newUuid(),
    bank: regie.bank,
    mode: provider.mode,
    shop: provider.shop,
    // The item's own email stays the item's.
    ...(usableEmail(provider, item.email) === undefined && request.email !== undefined ? { email: request.email } : {}),
    ...(captureDate === undefined ? {} : { captureDate }),
  };
  const changed = await changeItem(store, item, (read) => openAttempt(read, attempt, { now, retentionDays }));
  const [attemptId = ''] =
    Object.entries(changed.payments).find(([, { startId }]) => startId === attempt.startId) ?? [];
  return { item: changed, itemId: changed.id, attemptId };
}

/** The day of the capture, when it is still to come: counted on the day on which the citizen pays. */
function laterCapture({ captureDate }: Item, { bank }: Regie, now: Date): string | undefined {
  if (captureDate === undefined) return undefined;
  const days = daysBetween(parisDay(now), captureDate);
  // The regie has changed banks since the item was added.
  if (days > banks[bank].maximumCaptureDelayDays) throw new AppError('bank-rejected');
  return days > 0 ? captureDate : undefined;
}

async function askBankToOpen(
  { store, links, clock, retentionDays }: Dependencies,
  name: Opened,
  { provider, request, regie }: Pick<Opening, 'provider' | 'request' | 'regie'>,
): Promise<OpenedPayment> {
  const { item, attemptId } = name;
  const { captureDate, createdAt, email = item.email } = attemptOf(item, attemptId);
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
    const decision = { now: clock.now(), retentionDays };
    await changeItem(store, item, (read) => closeAttempt(read, attemptId, 'failed', decision));
    throw cause;
  }
}

/** The answer is stored before anybody is sent anywhere. */
async function recordAnswer(
  { store }: Dependencies,
  { item, attemptId }: Opened,
  { opened, provider }: { opened: OpenedPayment; provider: PaymentProvider },
): Promise<Redirect> {
  const { bank } = attemptOf(item, attemptId);
  const rules = { limits: banks[bank], isAskable: isAskable(provider) };
  const recorded = await changeItem(store, item, (read) => recordOpening(read, attemptId, opened, rules));
  // The bank took so long that the attempt was given up.
  if (attemptOf(recorded, attemptId).redirect === undefined) throw new AppError('bank-outcome-unknown');
  return opened.redirect;
}
