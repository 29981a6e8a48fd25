/** The filter of the table's stream, on literal images: it wakes attendItems when a notice begins to be owed, and never by itself. */
import { readFile } from 'node:fs/promises';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cancelItem, cancellationByCitizen, type Item, nextVersion } from '../lib/item/item.ts';
import { claimNotice, recordTry, redeliverNotice } from '../lib/notice/notices.ts';
import { openAttempt, recordOpening, settleAttempt } from '../lib/payment/attempts.ts';
import { claimQuestion } from '../lib/payment/question.ts';
import { anItem, aReport, noon } from './builders.ts';

/** A rule of Lambda's event filtering: texts to equal, or `{exists: false}` for what must not be there. */
type Rule = readonly (string | { readonly exists: boolean })[];
type Pattern = { readonly [name: string]: Pattern | Rule };

let pattern: Pattern;
beforeAll(async () => {
  const text = await readFile(new URL('../infra/functions.yml', import.meta.url), 'utf8');
  const events = parse(text, { logLevel: 'error' }).always.attendItems.events as {
    stream?: { filterPatterns: Pattern[] };
  }[];
  const [only, second] = events.flatMap(({ stream }) => stream?.filterPatterns ?? []);
  if (only === undefined || second !== undefined) throw new Error('One filter was expected.');
  pattern = only;
});

function matches(wanted: Pattern | Rule, value: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (wanted as Rule).some((rule) =>
      typeof rule === 'string' ? rule === value : rule.exists === (value !== undefined),
    );
  }
  return Object.entries(wanted).every(([name, inner]) => {
    const holder = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    return matches(inner as Pattern, holder[name]);
  });
}

function wakes(before: Item | undefined, after: Item): boolean {
  const image = (item: Item) => marshall({ ...item, kind: 'item', dueShard: 'due' }, { removeUndefinedValues: true });
  return matches(pattern, {
    eventName: before === undefined ? 'INSERT' : 'MODIFY',
    dynamodb: {
      Keys: { id: { S: after.id } },
      NewImage: image(after),
      ...(before === undefined ? {} : { OldImage: image(before) }),
    },
  });
}

const added = anItem();
const attempt = {
  startId: '22222222-3333-4444-8555-666666666666',
  bank: 'sandbox',
  mode: 'test',
  shop: 'cantine',
} as const;
const opened = openAttempt(added, attempt, noon);
const atTheBank = recordOpening(
  opened,
  '1',
  { redirect: { method: 'GET', url: 'https://bank.example/1' } },
  { limits: { sessionMs: 600_000, lockMs: 900_000 }, isAskable: true },
);
const rules = { now: noon, isToldOnAcceptance: true, isAskable: true, isFresh: false };
const paid = settleAttempt(atTheBank, '1', aReport(), rules);
const claimed = claimNotice(paid, 'c1', noon);
const tried = recordTry(claimed, {
  claimId: 'c1',
  reading: { outcome: 'retry', reason: 'HTTP 429', mayHaveHeard: false, isNetworkFailure: false },
  durationMs: 1,
  now: noon,
  chance: 0,
  keyCount: 1,
});
const accepted = settleAttempt(atTheBank, '1', aReport({ outcome: 'accepted', captureDate: '2026-12-10' }), rules);
const captureDay = new Date('2026-12-10T00:00:00.000Z');

describe('the stream', () => {
  it.each<[string, Item | undefined, Item]>([
    ['an item is paid', atTheBank, paid],
    ['an item is given up', added, cancelItem(added, cancellationByCitizen(noon, 400), noon)],
    ['a later payment is accepted', atTheBank, accepted],
  ])('wakes attendItems when %s', (_, before, after) => {
    expect(wakes(before, nextVersion(before ?? after, after, 400))).toBe(true);
  });

  it.each<[string, Item | undefined, Item]>([
    ['an item is added', undefined, added],
    ['an attempt is opened', added, opened],
    ['the bank has answered', opened, atTheBank],
    ['a try is claimed', paid, claimed],
    ['a try is recorded', claimed, tried],
    ['a try is claimed again', tried, claimNotice(tried, 'c2', new Date('2026-11-23T13:00:00.000Z'))],
    ['a notice is delivered again', tried, redeliverNotice(tried, noon)],
    [
      'the bank is asked about an item whose notice was not tried yet',
      accepted,
      claimQuestion(accepted, '1', 'c', captureDay),
    ],
  ])('leaves it asleep when %s', (_, before, after) => {
    expect(before).not.toBe(after);
    expect(wakes(before, after)).toBe(false);
  });

  it('leaves it asleep for the row of a spent URL', () => {
    const NewImage = marshall({ id: '0'.repeat(26), kind: 'spentUrl', ttlEpochSeconds: 1 });
    expect(matches(pattern, { eventName: 'INSERT', dynamodb: { NewImage } })).toBe(false);
  });
});
