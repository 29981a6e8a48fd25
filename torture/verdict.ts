/**
 * The verdict: what must never happen, looked for in the rows themselves, in the bank's own table and in what the forms wrote
 * down, and not in what the basket says of itself. Pure.
 */
import type { Item } from '../lib/item/item.ts';
import type { HeardCall } from '../standins/forms/form.ts';
import { type BankPayment, type Button, isPaidInTheEnd } from './bankModel.ts';

/** A row of the sandbox bank's table. */
export interface BankRow {
  readonly id: string;
  readonly amountCents: number;
  readonly sessionEndsAt: string;
  readonly outcome?: string;
  readonly decidedAt?: string;
}

/** A signed URL that adds an item: the label that it asks for is its own. */
export interface Addition {
  readonly label: string;
  /** Of each answer 200; one URL may have been sent more than once. */
  readonly ids: readonly string[];
}

/** What a form wrote down. `isLost` tells of each call whether its answer may not have arrived, been clear, or been kept. */
export interface Journal {
  readonly url: string;
  readonly heard: readonly HeardCall[];
  readonly isLost: (index: number) => boolean;
}

export interface Evidence {
  readonly items: readonly Item[];
  readonly payments: readonly BankRow[];
  readonly additions: readonly Addition[];
  readonly journals: readonly Journal[];
}

/** A sentence for each case; none is as it must be. */
export interface Verdict {
  readonly itemsLost: readonly string[];
  readonly itemsDoubled: readonly string[];
  readonly formsToldTwice: readonly string[];
  readonly moneyUnaccounted: readonly string[];
  readonly formsNotTold: readonly string[];
  readonly falseAlarms: readonly string[];
}

export const noVerdict: Verdict = {
  itemsLost: [],
  itemsDoubled: [],
  formsToldTwice: [],
  moneyUnaccounted: [],
  formsNotTold: [],
  falseAlarms: [],
};

export function addVerdicts(a: Verdict, b: Verdict): Verdict {
  return {
    itemsLost: [...a.itemsLost, ...b.itemsLost],
    itemsDoubled: [...a.itemsDoubled, ...b.itemsDoubled],
    formsToldTwice: [...a.formsToldTwice, ...b.formsToldTwice],
    moneyUnaccounted: [...a.moneyUnaccounted, ...b.moneyUnaccounted],
    formsNotTold: [...a.formsNotTold, ...b.formsNotTold],
    falseAlarms: [...a.falseAlarms, ...b.falseAlarms],
  };
}

/** Once everything that was due has been attended. */
export function judge(evidence: Evidence): Verdict {
  const items = new Map(evidence.items.map((item) => [item.id, item]));
  return {
    itemsLost: findLost(evidence, items),
    itemsDoubled: findDoubled(evidence),
    formsToldTwice: evidence.journals.flatMap(findToldTwice),
    moneyUnaccounted: findUnaccounted(evidence, items),
    formsNotTold: findUntold(evidence),
    falseAlarms: findFalseAlarms(evidence),
  };
}

/** Every addition that was answered has its row. */
function findLost({ additions }: Evidence, items: ReadonlyMap<string, Item>): string[] {
  const ids = additions.flatMap((addition) => addition.ids);
  return ids.filter((id) => !items.has(id)).map((id) => `${id} was added, and has no row`);
}

/** One signed URL makes one row, and is answered with success once. */
function findDoubled({ additions, items }: Evidence): string[] {
  const rowsByLabel = Map.groupBy(items, ({ label }) => label);
  return additions.flatMap(({ label, ids }) => {
    const rows = rowsByLabel.get(label)?.length ?? 0;
    return rows > 1 || ids.length > 1 ? [`${label}: ${rows} rows, ${ids.length} successes`] : [];
  });
}

/** A form that has heard is called again only when its answer was lost. */
function findToldTwice({ url, heard, isLost }: Journal): string[] {
  const first = heard.findIndex(isAccepted);
  const isAgain = first >= 0 && heard.length > first + 1;
  return isAgain && !isLost(first) ? [`${url} was told again: ${describeCalls(heard)}`] : [];
}

function describeCalls(heard: readonly HeardCall[]): string {
  return heard
    .map(({ trigger, verdict }) => `${trigger} ${verdict.reason} ${verdict.status ?? 'unanswered'}`)
    .join(', ');
}

/**
 * What the bank has as paid is paid on its attempt, and the other way round; each such attempt pays its item or is to be
 * refunded; and a form hears `paid` of nothing else.
 */
function findUnaccounted({ payments, journals, items: rows }: Evidence, items: ReadonlyMap<string, Item>): string[] {
  const paidAtBank = new Set(payments.filter((row) => isPaidInTheEnd(toPayment(row))).map(({ id }) => id));
  const attempts = rows.flatMap((item) =>
    Object.entries(item.payments).map(([id, { state }]) => {
      return { item, id, state, reference: referenceOf(item.id, id) };
    }),
  );
  const paidAttempts = new Set(attempts.filter(({ state }) => state === 'paid').map(({ reference }) => reference));
  const unmatched = [
    ...[...paidAtBank]
      .filter((reference) => !paidAttempts.has(reference))
      .map((reference) => describeUnpaid(reference, payments, items)),
    ...[...paidAttempts].filter((reference) => !paidAtBank.has(reference)).map((id) => `${id}: the bank has it not`),
  ];
  const idle = attempts
    .filter(
      ({ item, id, state }) => state === 'paid' && item.paidBy !== id && item.alerts?.[id]?.kind !== 'money-to-refund',
    )
    .map(({ reference }) => `${reference}: neither pays its item nor is to be refunded`);
  const unpaid = rows
    .filter(({ state, paidBy, payments: own }) => state === 'paid' && own[paidBy ?? '']?.state !== 'paid')
    .map(({ id }) => `${id} is paid by nothing`);
  return [...unmatched, ...idle, ...unpaid, ...journals.flatMap((journal) => findToldOfNothing(journal, items))];
}

/** With the row's attempt and the bank's own row, but without what they are signed with. */
function describeUnpaid(reference: string, payments: readonly BankRow[], items: ReadonlyMap<string, Item>): string {
  const { amountCents, outcome, decidedAt, sessionEndsAt } = payments.find(({ id }) => id === reference) ?? {};
  const item = items.get(reference.slice(0, 26));
  const { redirect, startId, ...attempt } = item?.payments[String(Number(reference.slice(26)))] ?? {};
  const { state, lockedBy, lockedUntil, dueAt, updatedAt } = item ?? {};
  const facts = { amountCents, outcome, decidedAt, sessionEndsAt, attempt };
  return `${reference}: the bank alone has it ${JSON.stringify({ ...facts, state, lockedBy, lockedUntil, dueAt, updatedAt })}`;
}

function toPayment({ amountCents, sessionEndsAt, outcome, decidedAt }: BankRow): BankPayment {
  return {
    amountCents,
    sessionEndsAtMs: Date.parse(sessionEndsAt),
    ...(outcome === undefined ? {} : { button: outcome as Button }),
    ...(decidedAt === undefined ? {} : { decidedAtMs: Date.parse(decidedAt) }),
  };
}

function referenceOf(itemId: string, attemptId: string): string {
  return `${itemId}${attemptId.padStart(2, '0')}`;
}

/** A payment that was accepted for later, told of, and then failed has an alert. */
function findToldOfNothing({ url, heard }: Journal, items: ReadonlyMap<string, Item>): string[] {
  const told = heard.filter((call) => call.trigger === 'paid' && isAccepted(call));
  return told.flatMap(({ body }) => {
    const reference = String((body as { transaction_id?: unknown } | undefined)?.transaction_id);
    const item = items.get(reference.slice(0, 26));
    const attemptId = String(Number(reference.slice(26)));
    const isFounded = item?.payments[attemptId]?.state === 'paid' || item?.alerts?.[attemptId] !== undefined;
    return isFounded ? [] : [`${url} was told of ${reference}, which is not paid`];
  });
}

/** Every item that is paid has told its form, if it has one. */
function findUntold({ items, journals }: Evidence): string[] {
  const byUrl = new Map(journals.map((journal) => [journal.url, journal]));
  return items.flatMap(({ id, url, state, notice }) => {
    const journal = byUrl.get(url ?? '');
    const isOwed = state === 'paid' || (notice !== undefined && notice.end !== 'withdrawn');
    if (journal === undefined || state === 'waiting' || !isOwed) return [];
    const hasHeard = journal.heard.some(isAccepted);
    const end = notice?.end ?? 'still owed';
    return hasHeard ? [] : [`${id} is ${state}, its form has not heard (${end}): ${describeCalls(journal.heard)}`];
  });
}

/** Nobody is called to a form that has heard, however odd its answer was. */
function findFalseAlarms({ items, journals }: Evidence): string[] {
  const heardUrls = new Set(journals.filter(({ heard }) => heard.some(isAccepted)).map(({ url }) => url));
  return items
    .filter(({ url = '', notice }) => notice?.end === 'failed' && heardUrls.has(url))
    .map(({ id, url }) => `${id} was given up, and its form has heard: ${url}`);
}

function isAccepted({ verdict }: HeardCall): boolean {
  return verdict.reason === 'accepted';
}
