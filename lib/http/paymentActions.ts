/** What a citizen may do at a payment address: look, pay, give up, come back from the bank. */
import validatePayForm from '../../schemas/compiled/payForm.js';
import { giveUpItem } from '../basket/giveUpItem.ts';
import { type Item, mayGiveUp } from '../basket/item.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { describeFailure } from '../logger.ts';
import type { PaymentStage } from '../payment/paymentStage.ts';
import { usableEmail } from '../payment/provider.ts';
import { settlePayment } from '../payment/settlePayment.ts';
import { resumableRedirect } from '../payment/situation.ts';
import { startPayment } from '../payment/startPayment.ts';
import { regieOfItem } from '../regie/regie.ts';
import { tidyName } from '../text.ts';
import { firstError } from '../validation.ts';
import type { PageAction, PageCall, PageRoutes } from './pageCall.ts';
import { redirectAnswer } from './pages/layout.ts';
import { renderCancelConfirmation, renderFormRedirect, renderPayment } from './pages/paymentPages.ts';
import type { PaymentView } from './pages/paymentView.ts';

type Action = PageAction<PaymentStage>;

export const paymentRoutes: PageRoutes<PaymentStage> = {
  'ANY /payment/{token}': { token: 'item', GET: show },
  // Whoever reloads the address of a button is shown the page it was on.
  'ANY /payment/{token}/pay': { token: 'item', GET: showItem, POST: pay },
  'ANY /payment/{token}/cancel': { token: 'item', GET: confirmGivingUp, POST: giveUp },
  'ANY /payment/return/{token}': { token: 'return', GET: comeBack, POST: comeBack },
};

async function show(stage: PaymentStage, call: PageCall): ReturnType<Action> {
  return renderPayment(await viewOf(stage, call, await findItem(stage, call)));
}

/** After a post, the browser asks for the page anew: reloading it then repeats nothing. */
async function showItem(_stage: PaymentStage, { address }: PageCall): ReturnType<Action> {
  return redirectAnswer(address);
}

/** Two tabs, a double click, the way back: whoever comes second is sent to the same payment, or shown where it stands. */
async function pay(stage: PaymentStage, call: PageCall): ReturnType<Action> {
  const { itemId, language } = call;
  const typed = new URLSearchParams(call.body).get('email')?.trim() ?? '';
  try {
    const email = readEmail(typed);
    const { redirect, regie } = await startPayment(stage)({
      itemId,
      language,
      ...(email === undefined ? {} : { email }),
    });
    if (redirect.method === 'GET') return redirectAnswer(redirect.url);
    return renderFormRedirect({ language, redirect, regie });
  } catch (error) {
    const code = error instanceof AppError ? error.code : undefined;
    if (code === 'invalid-email') return askForEmail(stage, call, typed);
    if (code !== undefined && saidByThePage.includes(code)) return showItem(stage, call);
    throw error;
  }
}

/** The payment page itself tells these. */
const saidByThePage: readonly ErrorCode[] = ['payment-in-progress', 'already-paid', 'already-cancelled'];

/** @throws AppError `invalid-email` for what is neither blank nor an address. */
function readEmail(typed: string): string | undefined {
  if (typed === '') return undefined;
  const email = tidyName(typed).toLowerCase();
  if (firstError(validatePayForm, { email }) !== undefined) throw new AppError('invalid-email');
  return email;
}

async function askForEmail(stage: PaymentStage, call: PageCall, typed: string): ReturnType<Action> {
  const view = await viewOf(stage, call, await findItem(stage, call));
  return renderPayment({ ...view, refusedEmail: typed.slice(0, 254) });
}

async function confirmGivingUp(stage: PaymentStage, call: PageCall): ReturnType<Action> {
  const item = await findItem(stage, call);
  if (!mayGiveUp(item, stage.clock.now())) return showItem(stage, call);
  return renderCancelConfirmation({ ...call, item, regie: regieOfItem(await stage.regies.get(), item) });
}

async function giveUp(stage: PaymentStage, call: PageCall): ReturnType<Action> {
  await giveUpItem(stage)(call.itemId);
  return showItem(stage, call);
}

/** Whatever the browser brings, it is shown where the payment stands. */
async function comeBack(stage: PaymentStage, call: PageCall): ReturnType<Action> {
  const { itemId, attemptId, rawQuery, body } = call;
  try {
    await settlePayment(stage)({ itemId, attemptId }, { channel: 'return', rawQuery, body });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    stage.logger.warn('return not taken', { itemId, attemptId, channel: 'return', ...describeFailure(error) });
  }
  return showItem(stage, call);
}

async function findItem(stage: PaymentStage, { itemId }: PageCall): Promise<Item> {
  const item = await stage.store.read(itemId);
  if (item === undefined) throw new AppError('unknown-item');
  return item;
}

async function viewOf(
  stage: PaymentStage,
  { language, address, rawQuery }: PageCall,
  item: Item,
): Promise<PaymentView> {
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
    address,
    ...(bankOrigin === undefined ? {} : { bankOrigin }),
    asksEmail: provider?.requiresEmail === true && usableEmail(provider, item.email) === undefined,
    refreshesItself: new URLSearchParams(rawQuery).get('refresh') !== 'no',
  };
}
