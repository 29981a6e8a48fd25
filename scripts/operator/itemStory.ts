/** What an operator reads about items: one item's whole story, and lists of a line each. Pure. */
import { bankProfiles } from '../../lib/bank/profiles.ts';
import type { FoundItems } from '../../lib/basket/dynamodbItemSearch.ts';
import { type Alert, type Attempt, attemptReference } from '../../lib/item/attempt.ts';
import { type Item, isLocked, type User } from '../../lib/item/item.ts';
import type { Notice, NoticeTry } from '../../lib/item/notice.ts';
import { situationOf } from '../../lib/payment/situation.ts';
import { formatEuros } from '../../lib/values/money.ts';
import { formatParisTime, maskEmail, maskNameId, shorten, table, timeNote } from './terminal.ts';

const longestLabel = 40;

const alertWords: Readonly<Record<Alert['kind'], string>> = {
  'money-to-refund': 'money to refund',
  'authorisation-failed': 'authorisation failed after the form was, or may have been, told',
  'authorisation-unconfirmed': 'whether it took place is not known: ask the bank',
};

/** What stands in a section, a line each; a line without a value is left out. */
type Facts = Readonly<Record<string, string | undefined>>;

/** Everything an operator may see of one item, from what it is to what it is due for. Its owner is masked. */
export function tellItem(item: Item, now: Date): string {
  // By number, the order in which they were opened: so does JavaScript give keys that are whole numbers.
  const attempts = Object.entries(item.payments).map(([id, attempt]) =>
    section(`Attempt ${id}`, attemptFacts(item, id, attempt)),
  );
  return [
    section(`Item ${item.id}`, itemFacts(item, now)),
    ...attempts,
    ...sectionUnlessEmpty('Lock, notice, alerts', standingFacts(item, now)),
    `What is due\n${indent(table(dueRows(item, now)) || 'nothing')}`,
    timeNote,
  ].join('\n\n');
}

function itemFacts(item: Item, now: Date): Facts {
  return {
    label: item.label,
    amount: formatEuros(item.amountCents),
    regie: item.regieId,
    service: item.service,
    form: item.url,
    'capture date': item.captureDate,
    cancellable: item.cancellable ? 'yes' : 'no',
    owner: describeOwner(item),
    added: formatParisTime(item.createdAt),
    changed: formatParisTime(item.updatedAt),
    erased: optionalTime(item.erasedAt),
    'row goes': optionalTime(
      item.ttlEpochSeconds === undefined ? undefined : new Date(item.ttlEpochSeconds * 1000).toISOString(),
    ),
    state: describeState(item),
    situation: situationOf(item, now),
  };
}

/** Terminals are shared, and some are logged: enough to compare with what a citizen says, and no more. */
function describeOwner({ nameId, email }: User): string {
  const names = [
    ...(nameId === undefined ? [] : [`NameId ${maskNameId(nameId)}`]),
    ...(email === undefined ? [] : [`email ${maskEmail(email)}`]),
  ];
  return names.length === 0 ? 'nobody any more: erased' : names.join(', ');
}

function describeState({ state, createdAt, paidAt, paidBy, cancelledAt, cancelledBy }: Item): string {
  const since = { waiting: createdAt, paid: paidAt, cancelled: cancelledAt }[state];
  const by = { waiting: undefined, paid: paidBy && `attempt ${paidBy}`, cancelled: cancelledBy }[state];
  return `${state}${since === undefined ? '' : ` since ${formatParisTime(since)}`}${by === undefined ? '' : `, by ${by}`}`;
}

function attemptFacts(item: Item, id: string, attempt: Attempt): Facts {
  return {
    state: attempt.state,
    bank: `${attempt.bank}, ${attempt.mode}, shop ${attempt.shop}`,
    'our reference there': attemptReference(item.id, id),
    'bank reference': attempt.bankReference,
    'bank transaction': attempt.bankTransactionId,
    'transaction date': optionalTime(attempt.bankTransactionDate),
    email: attempt.email === undefined ? undefined : maskEmail(attempt.email),
    opened: formatParisTime(attempt.createdAt),
    'session ends': optionalTime(attempt.sessionEndsAt),
    accepted: optionalTime(attempt.acceptedAt),
    'capture date': attempt.captureDate,
    settled: optionalTime(attempt.settledAt),
    'questions put': attempt.asks === undefined ? undefined : String(attempt.asks),
    'not believed since': optionalTime(attempt.doubtedAt),
    'next question': optionalTime(attempt.askAt),
    'to find out': howToFindOut(attempt),
  };
}

/** What a person does about an attempt that nobody will ask about; undefined for one that is over, or followed. */
function howToFindOut({ bank, state, askAt, redirect, sessionEndsAt }: Attempt): string | undefined {
  const isSettled = !['open', 'pending', 'expired'].includes(state);
  const wasAtTheBank = redirect !== undefined || sessionEndsAt !== undefined;
  if (isSettled || askAt !== undefined || !wasAtTheBank) return undefined;
  return bankProfiles[bank].howToFindOut;
}

function standingFacts(item: Item, now: Date): Facts {
  const { lockedUntil, lockedBy, notice, alerts = {} } = item;
  const hold = isLocked(item, now) ? 'until' : 'has run out:';
  const tries = (notice?.log ?? []).map((entry, index) => [`try ${index + 1}`, tellTry(entry)]);
  const alertFacts = Object.entries(alerts).map(([id, { kind, raisedAt, amountCents, closedAt }]) => {
    const what = `${alertWords[kind]}${amountCents === undefined ? '' : `, ${formatEuros(amountCents)}`}`;
    const end = closedAt === undefined ? 'not closed' : `closed ${formatParisTime(closedAt)}`;
    return [`alert of attempt ${id}`, `${what}; raised ${formatParisTime(raisedAt)}, ${end}`];
  });
  return {
    lock: lockedUntil && `by attempt ${lockedBy}, ${hold} ${formatParisTime(lockedUntil)}`,
    notice: notice && tellNotice(notice),
    ...Object.fromEntries(tries),
    ...Object.fromEntries(alertFacts),
  };
}

function tellNotice({ trigger, tries, nextAt, end, endedAt }: Notice): string {
  const next = nextAt === undefined ? 'nothing owed any more' : `next ${formatParisTime(nextAt)}`;
  const outcome = end === undefined ? next : `${end}${endedAt === undefined ? '' : ` ${formatParisTime(endedAt)}`}`;
  return `${trigger}, tries: ${tries}, ${outcome}`;
}

function tellTry({ at, outcome, reason, durationMs }: NoticeTry): string {
  const details = [reason, durationMs === undefined ? undefined : `${durationMs} ms`].filter(
    (text) => text !== undefined,
  );
  return [formatParisTime(at), outcome, ...details].join(', ');
}

/** A line for each notice, the longest owed first. */
export function listNotices(items: readonly Item[]): string {
  if (items.length === 0) return 'There is no such notice.';
  const rows = items
    .toSorted((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1))
    .map(({ id, url = '', notice }) => [
      id,
      notice?.trigger ?? '',
      URL.parse(url)?.host ?? '',
      String(notice?.tries ?? 0),
      notice?.log?.at(-1)?.reason ?? '',
      notice?.nextAt === undefined ? (notice?.end ?? '') : `next ${formatParisTime(notice.nextAt)}`,
    ]);
  const heading = ['ITEM', 'TRIGGER', 'HOST', 'TRIES', 'LAST', 'STATE'];
  return `${table([heading, ...rows])}\n\nTo tell a form again: npm run item -- redeliver <id>\n${timeNote}`;
}

/** What the item owes, in the order of time. */
function dueRows(item: Item, now: Date): string[][] {
  const questions = Object.entries(item.payments).map(
    ([id, { askAt }]) => [askAt, `the bank is asked about attempt ${id}`] as const,
  );
  const owed = [
    [item.notice?.nextAt, `the form is told: ${item.notice?.trigger}`] as const,
    ...questions,
    [item.lockedUntil, `the lock of attempt ${item.lockedBy} ends`] as const,
    [item.eraseAt, 'personal data is erased'] as const,
  ];
  return owed
    .flatMap(([at, what]) => (at === undefined ? [] : [{ at, what }]))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map(({ at, what }) => [formatParisTime(at), what, at <= now.toISOString() ? 'OVERDUE' : '']);
}

function optionalTime(instant: string | undefined): string | undefined {
  return instant === undefined ? undefined : formatParisTime(instant);
}

function section(title: string, facts: Facts): string {
  const rows = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return `${title}\n${indent(table(rows))}`;
}

function sectionUnlessEmpty(title: string, facts: Facts): string[] {
  return Object.values(facts).every((value) => value === undefined) ? [] : [section(title, facts)];
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

/** A line for each item, and whether there are more than these. */
export function listItems({ items, total }: FoundItems, now: Date): string {
  if (total === 0) return 'No item matches.';
  const rows = items.map((item) => [
    item.id,
    item.state,
    situationOf(item, now),
    formatEuros(item.amountCents),
    item.regieId,
    shorten(item.label ?? '', longestLabel),
    formatParisTime(item.createdAt),
    formatParisTime(item.updatedAt),
  ]);
  const cut =
    items.length < total
      ? [`These are the newest ${items.length} of ${total}: raise --limit, or ask for fewer with --since.`]
      : [];
  const head = ['ID', 'STATE', 'SITUATION', 'AMOUNT', 'REGIE', 'LABEL', 'ADDED', 'CHANGED'];
  return [table([head, ...rows]), ...cut, timeNote].join('\n');
}

/** A line for each alert that is open, oldest first, and how to close one. */
export function listAlerts(items: readonly Item[]): string {
  const open = items
    .flatMap((item) => Object.entries(item.alerts ?? {}).map(([id, alert]) => ({ item, id, alert })))
    .filter(({ alert }) => alert.closedAt === undefined)
    .sort((a, b) => Date.parse(a.alert.raisedAt) - Date.parse(b.alert.raisedAt));
  if (open.length === 0) return 'There is no open alert: nothing to refund.';
  const rows = open.map(({ item, id, alert }) => [
    item.id,
    id,
    attemptReference(item.id, id),
    item.payments[id]?.bankTransactionId ?? '',
    formatEuros(alert.amountCents ?? item.amountCents),
    item.regieId,
    formatParisTime(alert.raisedAt),
    alertWords[alert.kind],
  ]);
  const head = ['ID', 'ATTEMPT', 'REFERENCE AT THE BANK', 'TRANSACTION', 'AMOUNT', 'REGIE', 'RAISED', 'WHAT'];
  const howToClose = 'Once one is dealt with: npm run item -- close-alert <id> <attempt>';
  return [table([head, ...rows]), timeNote, howToClose].join('\n');
}
