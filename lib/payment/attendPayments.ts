/** Does what is due for an item's attempts: asks the bank what became of them, and frees locks that have run out. */
import { type AskableProvider, isAskable, type PaymentProvider, type PaymentReport } from '../bank/paymentProvider.ts';
import type { Duty } from '../basket/attendItems.ts';
import { changeItem } from '../basket/changeItem.ts';
import type { Item } from '../item/item.ts';
import { newUuid } from '../platform/random.ts';
import { regieOfItem } from '../regie/regie.ts';
import { AppError } from '../values/errors.ts';
import { attemptOf, checkReport, closeAttempt, closeUnasked, hasNoAnswer, settleAttempt } from './attempts.ts';
import { claimQuestion, dueAttempts, followQuestion } from './question.ts';
import {
  type AttemptContext,
  askedAttempt,
  logSettlement,
  noteDoubt,
  noteRefusal,
  type SettlingDeps,
  settlingRules,
} from './settlePayment.ts';

/** Attempts of one item at a time. When a bank is slow, more would not end within a run. */
const attemptsAtOnce = 3;

/**
 * No write when nothing is due. One write for a lock that has run out, two around each question to a bank. After a crash
 * anywhere, the item is still due.
 *
 * @throws AppError `temporarily-unavailable`. A bank that fails is logged, and asked again later.
 */
export function attendPayments(deps: SettlingDeps): Duty {
  return async (item) => {
    const due = dueAttempts(item, deps.clock.now()).slice(0, attemptsAtOnce);
    const attended = await Promise.all(due.map((attemptId) => attendAttempt(deps, item, attemptId)));
    return attended.reduce((newest, next) => (next.version > newest.version ? next : newest), item);
  };
}

/** The same, but only for the attempt that locks the item, once it is due: it keeps the citizen from a new payment. */
export function attendLock(deps: SettlingDeps): Duty {
  return async (item) => {
    const { lockedBy } = item;
    const isDue = lockedBy !== undefined && dueAttempts(item, deps.clock.now()).includes(lockedBy);
    return isDue ? attendAttempt(deps, item, lockedBy) : item;
  };
}

async function attendAttempt(deps: SettlingDeps, item: Item, attemptId: string): Promise<Item> {
  const attempt = attemptOf(item, attemptId);
  if (hasNoAnswer(attempt)) {
    // The bank's answer may be stored meanwhile. Then somebody may be at the bank, and the bank must be asked.
    return close(deps, item, attemptId, (read, now) =>
      hasNoAnswer(attemptOf(read, attemptId)) ? closeAttempt(read, attemptId, 'failed', { now }) : read,
    );
  }
  const regie = regieOfItem(await deps.regies.get(), item);
  const provider = await findProvider(deps, { item, attemptId, regie });
  if (provider !== undefined && !isAskable(provider)) {
    return close(deps, item, attemptId, (read, now) => closeUnasked(read, attemptId, now));
  }
  return ask(deps, { item, attemptId, regie, provider });
}

/**
 * The provider of the attempt's bank. Undefined when the stage has lost what the bank needs: it then counts as a bank that does
 * not answer.
 */
async function findProvider(
  deps: SettlingDeps,
  context: Omit<AttemptContext, 'provider'>,
): Promise<PaymentProvider | undefined> {
  try {
    return await deps.providerOf(context.regie, attemptOf(context.item, context.attemptId));
  } catch (error) {
    noteRefusal(deps, context, { error, channel: 'question' });
    return undefined;
  }
}

async function close(
  { store, clock, logger }: SettlingDeps,
  item: Item,
  attemptId: string,
  decide: (item: Item, now: Date) => Item,
): Promise<Item> {
  const now = clock.now();
  const closed = await changeItem(store, item, (read) =>
    dueAttempts(read, now).includes(attemptId) ? decide(read, now) : read,
  );
  logSettlement(logger, { before: item, after: closed, attemptId, channel: 'lock-end' });
  return closed;
}

interface Question extends Omit<AttemptContext, 'provider'> {
  /** Undefined counts as a bank that does not answer. */
  readonly provider: AskableProvider | undefined;
}

/*
 * read ──► Put the claim ──► bank ──► Put the outcome, or when to ask again
 * Nobody else asks during the claim's minute. After a crash, the question is due again when the minute is over.
 */
async function ask(deps: SettlingDeps, question: Question): Promise<Item> {
  const { store, clock, logger } = deps;
  const { attemptId, regie } = question;
  const claimId = newUuid();
  const askedAt = clock.now();
  const claimed = await changeItem(store, question.item, (read) => claimQuestion(read, attemptId, claimId, askedAt));
  if (attemptOf(claimed, attemptId).claimId !== claimId) return claimed;

  const answer = await answerOf(deps, { ...question, item: claimed });
  const rules = settlingRules(deps, { regie, isAskable: true, isFresh: true });
  const said = typeof answer === 'string' ? answer : answer.outcome;
  const unanswered = { now: rules.now, claimId, answer: said };
  const followed = await changeItem(store, claimed, (read) => {
    const settled = typeof answer === 'string' ? read : settleAttempt(read, attemptId, answer, rules);
    return followQuestion(settled, attemptId, unanswered);
  });
  logSettlement(logger, { before: claimed, after: followed, attemptId, channel: 'question' });
  return followed;
}

/** The bank's report, if it can be believed. In all other cases the question is put again later. */
async function answerOf(deps: SettlingDeps, question: Question): Promise<PaymentReport | 'none' | 'doubted'> {
  const { item, attemptId, provider } = question;
  if (provider === undefined) return 'none';
  try {
    const report = await provider.ask(askedAttempt(item, attemptId));
    checkReport(item, attemptId, report);
    noteDoubt(deps, question, report);
    return report;
  } catch (error) {
    noteRefusal(deps, question, { error, channel: 'question' });
    return error instanceof AppError && error.code === 'bank-message-refused' ? 'doubted' : 'none';
  }
}
