/** Settles attempts. Every proof of an outcome leads here, in whatever order and however often it comes. */
import {
  type BankAnswer,
  type BankMessage,
  isAskable,
  type PaymentProvider,
  type PaymentReport,
} from '../bank/paymentProvider.ts';
import type { ProviderOf } from '../bank/registry.ts';
import type { BasketStore } from '../basket/basketStore.ts';
import { changeItem } from '../basket/changeItem.ts';
import { attemptReference } from '../item/attempt.ts';
import type { Item } from '../item/item.ts';
import type { Cache } from '../platform/cache.ts';
import type { Clock } from '../platform/clock.ts';
import { describeFailure, type Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type Regie, type RegieCatalogue, regieOfItem } from '../regie/regie.ts';
import { AppError } from '../values/errors.ts';
import { attemptOf, checkReport, type SettlingRules, settleAttempt } from './attempts.ts';
import type { AttemptName } from './paymentLink.ts';

export interface SettlingDeps {
  readonly store: BasketStore;
  readonly regies: Cache<RegieCatalogue>;
  readonly providerOf: ProviderOf;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Where a report came from: a message's channel, or our own question. */
export type Channel = BankMessage['channel'] | 'question';

/**
 * Takes a message of the bank about an attempt: one read and one write, or one read when it says nothing new. A message may
 * prove nothing by itself. Then we ask the bank, if it can be asked.
 *
 * @throws AppError `unknown-item`, `unknown-attempt`, `bank-message-refused` with the reason, and the errors of a question.
 */
export function settlePayment(deps: SettlingDeps) {
  return async (name: AttemptName, message: BankMessage): Promise<void> => {
    const context = await findAttempt(deps, name);
    await settleMessage(deps, context, message);
  };
}

/**
 * The same for a notification: the bank's server expects an answer in its own words, whatever happens.
 *
 * @throws AppError `unknown-item`, `unknown-attempt`.
 */
export function answerNotification(deps: SettlingDeps) {
  return async (name: AttemptName, message: BankMessage): Promise<BankAnswer> => {
    const context = await findAttempt(deps, name);
    try {
      await settleMessage(deps, context, message);
      return context.provider.answer();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      noteRefusal(deps, context, { error, channel: message.channel });
      return context.provider.answer(error.code);
    }
  };
}

/** An attempt with its item, its regie and its bank. */
export interface AttemptContext {
  readonly item: Item;
  readonly attemptId: string;
  readonly regie: Regie;
  /** Of the bank at which the attempt was opened. */
  readonly provider: PaymentProvider;
}

async function findAttempt(
  { store, regies, providerOf }: SettlingDeps,
  { itemId, attemptId }: AttemptName,
): Promise<AttemptContext> {
  const item = await store.read(itemId);
  if (item === undefined) throw new AppError('unknown-item');
  const regie = regieOfItem(await regies.get(), item);
  return { item, attemptId, regie, provider: await providerOf(regie, attemptOf(item, attemptId)) };
}

async function settleMessage(deps: SettlingDeps, context: AttemptContext, message: BankMessage): Promise<void> {
  const { item, attemptId, regie, provider } = context;
  const proven = provider.read(message);
  const report = proven ?? (await askAbout(context));
  if (report === undefined) return;
  checkReport(item, attemptId, report);
  noteDoubt(deps, context, report);
  const rules = settlingRules(deps, { regie, isAskable: isAskable(provider), isFresh: proven === undefined });
  const settled = await changeItem(deps.store, item, (read) => settleAttempt(read, attemptId, report, rules));
  logSettlement(deps.logger, { before: item, after: settled, attemptId, channel: message.channel });
}

/**
 * The bank's answer about an attempt. Undefined when the attempt cannot change any more, or the bank cannot be asked. A refused
 * attempt may change: a bank may let its citizen try again on the same page, and then tells us a second time.
 */
async function askAbout({ item, attemptId, provider }: AttemptContext): Promise<PaymentReport | undefined> {
  const mayChange = attemptOf(item, attemptId).state !== 'paid';
  return mayChange && isAskable(provider) ? provider.ask(askedAttempt(item, attemptId)) : undefined;
}

/** The facts of an attempt for a question to its bank. */
export function askedAttempt(item: Item, attemptId: string) {
  const { createdAt, bankReference, captureDate } = attemptOf(item, attemptId);
  const reference = attemptReference(item.id, attemptId);
  const { amountCents, currency } = item;
  return {
    ...{ reference, createdAt, amountCents, currency },
    ...(bankReference === undefined ? {} : { bankReference }),
    ...(captureDate === undefined ? {} : { captureDate }),
  };
}

/** The rules for a report, from the regie and the clock. */
export function settlingRules(
  { clock }: Pick<SettlingDeps, 'clock'>,
  { regie, ...how }: { readonly regie: Regie } & Pick<SettlingRules, 'isAskable' | 'isFresh'>,
): SettlingRules {
  return { now: clock.now(), isToldOnAcceptance: regie.paidWhen !== 'authorised', ...how };
}

/** A change of an attempt, and its cause. */
export interface Settlement {
  readonly before: Item;
  readonly after: Item;
  readonly attemptId: string;
  readonly channel: Channel | 'lock-end';
}

/** One line for each new state of an attempt, and one for whoever the alarm woke when money and state disagree. */
export function logSettlement(logger: Logger, { before, after, attemptId, channel }: Settlement): void {
  const { bank, state, acceptedAt } = attemptOf(after, attemptId);
  const was = attemptOf(before, attemptId);
  const fields = { itemId: after.id, attemptId, regieId: after.regieId, bank, channel, outcome: state };
  if (state !== was.state || acceptedAt !== was.acceptedAt) logger.info('payment settled', fields);
  const alert = after.alerts?.[attemptId];
  // By time, not by kind: a closed alert may be raised again.
  if (alert !== undefined && before.alerts?.[attemptId]?.raisedAt !== alert.raisedAt) logger.error(alert.kind, fields);
}

/**
 * Logs a message that was not believed, or a bank that did not answer. Somebody is woken up if the bank itself said what was
 * not believed. A browser wakes nobody: it may bring anything.
 */
export function noteRefusal(
  { logger, metrics }: Pick<SettlingDeps, 'logger' | 'metrics'>,
  { item, attemptId }: Pick<AttemptContext, 'item' | 'attemptId'>,
  { error, channel }: { error: unknown; channel: Channel },
): void {
  const { bank } = attemptOf(item, attemptId);
  const fields = { itemId: item.id, attemptId, regieId: item.regieId, bank, channel };
  logger.error('bank message not taken', { ...fields, ...describeFailure(error) });
  const isRefused = error instanceof AppError && error.code === 'bank-message-refused';
  if (isRefused && channel !== 'return') metrics.record({ name: 'BankMessagesRefused', value: 1 });
}

/**
 * Logs a part of the bank's answer that was not understood, beside a statement that holds. It is as loud as a message that was
 * not believed.
 */
export function noteDoubt(
  deps: Pick<SettlingDeps, 'logger' | 'metrics'>,
  context: Pick<AttemptContext, 'item' | 'attemptId'>,
  { doubt }: Pick<PaymentReport, 'doubt'>,
): void {
  if (doubt === undefined) return;
  const error = new AppError('bank-message-refused', { reason: doubt });
  // A message has no room for two statements, so this was an answer.
  noteRefusal(deps, context, { error, channel: 'question' });
}
