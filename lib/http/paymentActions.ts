/** What a citizen may do at a payment address: look, pay, cancel, come back from the bank. */
import validatePayForm from '../../schemas/compiled/payForm.js';
import type { PaymentProvider } from '../bank/paymentProvider.ts';
import { cancelByCitizen } from '../basket/cancelByCitizen.ts';
import type { PaymentDeps } from '../composition/paymentDeps.ts';
import { type Item, mayCancel } from '../item/item.ts';
import { obstacleTo } from '../payment/obstacle.ts';
import { asksForEmail } from '../payment/payerEmail.ts';
import { settlePayment } from '../payment/settlePayment.ts';
import { resumableRedirect } from '../payment/situation.ts';
import { startPayment } from '../payment/startPayment.ts';
import { describeFailure } from '../platform/logger.ts';
import { type Regie, regieOfItem } from '../regie/regie.ts';
import { AppError, type ErrorCode } from '../values/errors.ts';
import { tidyName } from '../values/text.ts';
import { firstError } from '../values/validation.ts';
import type { PageAction, PageCall, PageRoutes } from './pageCall.ts';
import { redirectAnswer } from './pages/pageHeaders.ts';
import { renderCancelConfirmation, renderFormRedirect, renderPayment } from './pages/paymentPages.ts';
import type { PaymentView } from './pages/paymentView.ts';

type Action = PageAction<PaymentDeps>;

/** A POST is answered with a redirect only, whatever comes of it: the page that is shown then is an answer to a GET. */
export const paymentRoutes: PageRoutes<PaymentDeps> = {
  'ANY /payment/{token}': { token: 'item', GET: show },
  'ANY /payment/{token}/pay': { token: 'item', GET: leadToBank, POST: pay },
  'ANY /payment/{token}/cancel': { token: 'item', GET: confirmRemoval, POST: remove },
  'ANY /payment/return/{token}': { token: 'return', GET: comeBack, POST: comeBack },
};

async function show(deps: PaymentDeps, call: PageCall): ReturnType<Action> {
  return renderPayment(await viewOf(deps, call, await findItem(deps, call)));
}

async function showItem({ address }: PageCall): ReturnType<Action> {
  return redirectAnswer(address);
}

/** Two tabs, a double click, the way back: whoever comes second is sent to the same payment, or shown where it stands. */
async function pay(deps: PaymentDeps, call: PageCall): ReturnType<Action> {
  const { itemId, language, address } = call;
  try {
    const email = readEmail(new URLSearchParams(call.body).get('email') ?? '');
    const redirect = await startPayment(deps)({ itemId, language, ...(email === undefined ? {} : { email }) });
    return redirectAnswer(redirect.method === 'GET' ? redirect.url : `${address}/pay`);
  } catch (error) {
    const code = error instanceof AppError ? error.code : undefined;
    if (code === 'invalid-email') return redirectAnswer(`${address}?email=invalid`);
    if (code !== undefined && toldByThePage.includes(code)) return showItem(call);
    throw error;
  }
}

/** The page between us and a bank that wants a form. Nothing happens here: whoever has no payment open is shown the item. */
async function leadToBank(deps: PaymentDeps, call: PageCall): ReturnType<Action> {
  const item = await findItem(deps, call);
  const redirect = resumableRedirect(item, deps.clock.now());
  if (redirect?.method !== 'POST') return showItem(call);
  return renderFormRedirect({ ...call, redirect, regie: regieOfItem(await deps.regies.get(), item) });
}

/** The payment page itself tells these, from what the row holds. */
const toldByThePage: readonly ErrorCode[] = [
  'payment-in-progress',
  'already-paid',
  'already-cancelled',
  'not-cancellable',
  'too-many-attempts',
  'bank-not-configured',
  'bank-rejected',
  'bank-refused-email',
  'bank-unavailable',
  'bank-outcome-unknown',
];

/** @throws AppError `invalid-email` for what is neither blank nor an address. */
function readEmail(typed: string): string | undefined {
  const email = tidyName(typed).toLowerCase();
  if (email === '') return undefined;
  if (firstError(validatePayForm, { email }) !== undefined) throw new AppError('invalid-email');
  return email;
}

async function confirmRemoval(deps: PaymentDeps, call: PageCall): ReturnType<Action> {
  const item = await findItem(deps, call);
  if (!mayCancel(item, deps.clock.now())) return showItem(call);
  return renderCancelConfirmation({ ...call, item, regie: regieOfItem(await deps.regies.get(), item) });
}

/**
 * Only a press on the button that removes, which sends its own name, removes. Programs that look through a mail post a form
 * without pressing, or press its first button, which keeps (ADR 13).
 */
async function remove(deps: PaymentDeps, call: PageCall): ReturnType<Action> {
  const [choice, another] = new URLSearchParams(call.body).getAll('choice');
  if (choice === undefined || another !== undefined) return redirectAnswer(`${call.address}/cancel`);
  if (choice !== 'remove') return showItem(call);
  try {
    await cancelByCitizen(deps)(call.itemId);
  } catch (error) {
    if (!(error instanceof AppError && toldByThePage.includes(error.code))) throw error;
  }
  return showItem(call);
}

/** Whatever the browser brings, it is shown where the payment stands. */
async function comeBack(deps: PaymentDeps, call: PageCall): ReturnType<Action> {
  const { itemId, attemptId, rawQuery, body } = call;
  try {
    await settlePayment(deps)({ itemId, attemptId }, { channel: 'return', rawQuery, body });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.logger.warn('return not taken', { itemId, attemptId, channel: 'return', ...describeFailure(error) });
  }
  return showItem(call);
}

async function findItem(deps: PaymentDeps, { itemId }: PageCall): Promise<Item> {
  const item = await deps.store.read(itemId);
  if (item === undefined) throw new AppError('unknown-item');
  return item;
}

async function viewOf(deps: PaymentDeps, { language, address, rawQuery }: PageCall, item: Item): Promise<PaymentView> {
  const now = deps.clock.now();
  const regie = regieOfItem(await deps.regies.get(), item);
  const provider = item.state === 'waiting' ? await findProvider(deps, regie) : undefined;
  const query = new URLSearchParams(rawQuery);
  return {
    item,
    regie,
    now,
    language,
    address,
    obstacle: provider === 'bank-not-configured' ? provider : obstacleTo(item, regie, now),
    asksEmail: typeof provider === 'object' && asksForEmail(provider, item),
    isEmailInvalid: query.has('email', 'invalid'),
    isInterrupted: query.has('interrupted'),
    refreshesItself: !query.has('refresh', 'no'),
  };
}

/** The regie's bank. What it lacks is for the log, where the alarm for presses in vain leads. */
async function findProvider(deps: PaymentDeps, regie: Regie): Promise<PaymentProvider | 'bank-not-configured'> {
  try {
    return await deps.providerOf(regie);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'bank-not-configured')) throw error;
    deps.logger.error('bank not configured', { regieId: regie.id, ...describeFailure(error) });
    return 'bank-not-configured';
  }
}
