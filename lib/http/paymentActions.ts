/** What a citizen may do at a payment address: look, pay, give up, come back from the bank. */
import validatePayForm from '../../schemas/compiled/payForm.js';
import { giveUpItem } from '../basket/giveUpItem.ts';
import type { Item } from '../basket/item.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { describeCause } from '../logger.ts';
import { paymentUrl, readAttemptToken, readPaymentToken } from '../payment/paymentLink.ts';
import type { PaymentStage } from '../payment/paymentStage.ts';
import { settlePayment } from '../payment/settlePayment.ts';
import { resumableRedirect } from '../payment/situation.ts';
import { startPayment } from '../payment/startPayment.ts';
import { regieOfItem } from '../regie/regie.ts';
import { firstError } from '../validation.ts';
import type { PageAnswer, PageCall, PageRoutes } from './pageCall.ts';
import { redirectAnswer } from './pages/layout.ts';
import { renderCancelConfirmation, renderFormRedirect, renderPayment } from './pages/paymentPages.ts';
import type { PaymentView } from './pages/paymentView.ts';

export const paymentRoutes: PageRoutes<PaymentStage> = {
  'ANY /payment/{token}': { GET: show },
  // Whoever reloads the address of a button is shown the page it was on.
  'ANY /payment/{token}/pay': { GET: goBack, POST: pay },
  'ANY /payment/{token}/cancel': { GET: confirmGivingUp, POST: giveUp },
  'ANY /payment/return/{token}': { GET: comeBack, POST: comeBack },
};

async function show(stage: PaymentStage, call: PageCall): Promise<PageAnswer> {
  const item = await findItem(stage, call);
  return { page: renderPayment(await viewOf(stage, call, item)), itemId: item.id };
}

async function goBack(stage: PaymentStage, call: PageCall): Promise<PageAnswer> {
  return answerPage(stage, await readToken(stage, call));
}

/** Two tabs, a double click, the way back: whoever comes second is sent to the same payment, or shown where it stands. */
async function pay(stage: PaymentStage, call: PageCall): Promise<PageAnswer> {
  const itemId = await readToken(stage, call);
  const typed = new URLSearchParams(call.body).get('email')?.trim() ?? '';
  try {
    const email = readEmail(typed);
    const request = { itemId, language: call.language, ...(email === undefined ? {} : { email }) };
    const { redirect, regie } = await startPayment(stage)(request);
    if (redirect.method === 'GET') return { page: redirectAnswer(redirect.url), itemId };
    return { page: renderFormRedirect({ language: call.language, redirect, regie }), itemId };
  } catch (error) {
    const code = error instanceof AppError ? error.code : undefined;
    if (code === 'invalid-email') return askForEmail(stage, call, { itemId, typed });
    if (code !== undefined && saidByThePage.includes(code)) return answerPage(stage, itemId);
    throw error;
  }
}

/** The payment page itself tells these. */
const saidByThePage: readonly ErrorCode[] = ['payment-in-progress', 'already-paid', 'already-cancelled'];

/** @throws AppError `invalid-email` for what is neither blank nor an address. */
function readEmail(typed: string): string | undefined {
  if (typed === '') return undefined;
  const email = typed.toLowerCase();
  if (firstError(validatePayForm, { email }) !== undefined) throw new AppError('invalid-email');
  return email;
}

async function askForEmail(
  stage: PaymentStage,
  call: PageCall,
  { itemId, typed }: { itemId: string; typed: string },
): Promise<PageAnswer> {
  const view = await viewOf(stage, call, await findItem(stage, call));
  return { page: renderPayment({ ...view, refusedEmail: typed.slice(0, 254) }), itemId };
}

async function confirmGivingUp(stage: PaymentStage, call: PageCall): Promise<PageAnswer> {
  const item = await findItem(stage, call);
  return { page: renderCancelConfirmation(await viewOf(stage, call, item)), itemId: item.id };
}

async function giveUp(stage: PaymentStage, call: PageCall): Promise<PageAnswer> {
  const itemId = await readToken(stage, call);
  await giveUpItem(stage)(itemId);
  return answerPage(stage, itemId);
}

/** Whatever the browser brings, it is shown where the payment stands. */
async function comeBack(stage: PaymentStage, { token, rawQuery, body }: PageCall): Promise<PageAnswer> {
  const { linkKeys } = await stage.links();
  const name = readAttemptToken('payment-return', token, linkKeys);
  if (name === undefined) throw new AppError('not-found');
  try {
    await settlePayment(stage)(name, { channel: 'return', rawQuery, body });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, reason, cause } = error;
    stage.logger.warn('return not taken', { ...name, channel: 'return', code, reason, ...describeCause(cause) });
  }
  return answerPage(stage, name.itemId);
}

/** @throws AppError `not-found` for an address that is not one of ours; nothing is read for it. */
async function readToken(stage: PaymentStage, { token }: PageCall): Promise<string> {
  const { linkKeys } = await stage.links();
  const itemId = readPaymentToken(token, linkKeys);
  if (itemId === undefined) throw new AppError('not-found');
  return itemId;
}

async function findItem(stage: PaymentStage, call: PageCall): Promise<Item> {
  const item = await stage.store.read(await readToken(stage, call));
  if (item === undefined) throw new AppError('not-found');
  return item;
}

/** After a post, the browser asks for the page anew: reloading it then repeats nothing. */
async function answerPage(stage: PaymentStage, itemId: string): Promise<PageAnswer> {
  return { page: redirectAnswer(paymentUrl(itemId, await stage.links())), itemId };
}

async function viewOf(stage: PaymentStage, { language, rawQuery }: PageCall, item: Item): Promise<PaymentView> {
  const now = stage.clock.now();
  const regie = regieOfItem(await stage.regies.get(), item);
  const provider = item.state === 'waiting' ? await stage.providerOf(regie) : undefined;
  const resumable = resumableRedirect(item, now);
  const bankOrigin = resumable === undefined ? provider?.pageOrigin : new URL(resumable.url).origin;
  return {
    item,
    regie,
    now,
    language,
    address: paymentUrl(item.id, await stage.links()),
    ...(bankOrigin === undefined ? {} : { bankOrigin }),
    asksEmail: provider?.requiresEmail === true && item.email === undefined,
    refreshesItself: new URLSearchParams(rawQuery).get('refresh') !== 'no',
  };
}
