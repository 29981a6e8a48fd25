/** What an item's attempts are due for: asking the bank what became of them, and freeing locks that have run out. */
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

/** More would not end within the time of a run, when a bank is slow. */
const attemptsAtOnce = 3;

/**
 * No write when nothing is due; one for a lock that has run out; two around each question to a bank. A crash anywhere leaves
 * the item due.
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

/** The same for the attempt that locks the item only, when its time is over: what stands between a citizen and the bank. */
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
    // The bank's answer may be stored meanwhile: then somebody may be at the bank, and it is to be asked.
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

/** The attempt's bank; undefined when the stage has lost what it takes to deal with it: as a bank that does not answer. */
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
  /** Undefined counts as one that does not answer. */
  readonly provider: AskableProvider | undefined;
}

/*
 * read ──► Put the claim ──► bank ──► Put the outcome, or when to ask again
 * Nobody else asks during the claim's minute; whoever dies after it leaves the question due when the minute is over.
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

/** What the bank says, if it says something that can be believed. Whatever else happens, the question is put again later. */
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
