/** What an item's attempts are due for: asking the bank what became of them, and freeing locks that have run out. */
import { changeItem } from '../basket/changeItem.ts';
import type { Item } from '../basket/item.ts';
import { AppError } from '../errors.ts';
import { newUuid } from '../random.ts';
import { regieOfItem } from '../regie/regie.ts';
import {
  attemptOf,
  checkReport,
  claimQuestion,
  closeAttempt,
  dueAttempts,
  followQuestion,
  hasNoAnswer,
  settleAttempt,
} from './payment.ts';
import { type AskableProvider, isAskable, type PaymentReport } from './provider.ts';
import {
  type AttemptContext,
  askedAttempt,
  logRefusal,
  logSettlement,
  type SettlingParts,
  settlingRules,
} from './settlePayment.ts';

/** Does what is due now for an item as it was read, and gives it as it then stands. */
export type AttendPayments = (item: Item) => Promise<Item>;

/**
 * No write when nothing is due; one for a lock that has run out; two around each question to a bank. A crash anywhere leaves
 * the item due.
 *
 * @throws AppError `temporarily-unavailable`. A bank that fails is logged, and asked again later.
 */
export function attendPayments(parts: SettlingParts): AttendPayments {
  return async (item) => {
    let current = item;
    for (const attemptId of dueAttempts(item, parts.clock.now())) {
      current = await attendAttempt(parts, current, attemptId);
    }
    return current;
  };
}

async function attendAttempt(parts: SettlingParts, item: Item, attemptId: string): Promise<Item> {
  const attempt = attemptOf(item, attemptId);
  if (hasNoAnswer(attempt)) return closeIfDue(parts, item, { attemptId, state: 'failed' });
  const regie = regieOfItem(await parts.regies.get(), item);
  const provider = await parts.providerOf(regie, attempt);
  if (!isAskable(provider)) return closeIfDue(parts, item, { attemptId, state: 'expired' });
  return ask(parts, { item, attemptId, regie, provider });
}

async function closeIfDue(
  { store, clock, retentionDays }: SettlingParts,
  item: Item,
  { attemptId, state }: { attemptId: string; state: 'failed' | 'expired' },
): Promise<Item> {
  const now = clock.now();
  return changeItem(store, item, (read) =>
    dueAttempts(read, now).includes(attemptId) ? closeAttempt(read, attemptId, state, { now, retentionDays }) : read,
  );
}

type AskableContext = AttemptContext & { readonly provider: AskableProvider };

/*
 * read ──► Put the claim ──► bank ──► Put the outcome, or when to ask again
 * Nobody else asks during the claim's minute; whoever dies after it leaves the question due when the minute is over.
 */
async function ask(parts: SettlingParts, context: AskableContext): Promise<Item> {
  const { store, clock, retentionDays, logger } = parts;
  const { attemptId } = context;
  const claimId = newUuid();
  const askedAt = clock.now();
  const claimed = await changeItem(store, context.item, (read) => claimQuestion(read, attemptId, claimId, askedAt));
  if (attemptOf(claimed, attemptId).claimId !== claimId) return claimed;

  const report = await answerOf(parts, { ...context, item: claimed });
  const rules = settlingRules(parts, context);
  const following = { now: rules.now, retentionDays, claimId, answer: report?.outcome ?? ('none' as const) };
  const followed = await changeItem(store, claimed, (read) => {
    const settled = report === undefined ? read : settleAttempt(read, attemptId, report, rules);
    return followQuestion(settled, attemptId, following);
  });
  if (report !== undefined && attemptOf(followed, attemptId).state !== attemptOf(claimed, attemptId).state) {
    logSettlement(logger, { before: claimed, after: followed, attemptId, report, channel: 'question' });
  }
  return followed;
}

/** What the bank says, if it says something that can be believed. */
async function answerOf({ logger }: SettlingParts, context: AskableContext): Promise<PaymentReport | undefined> {
  const { item, attemptId, provider } = context;
  try {
    const report = await provider.ask(askedAttempt(item, attemptId));
    checkReport(item, attemptId, report);
    return report;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    logRefusal(logger, context, { error, channel: 'question' });
    return undefined;
  }
}
