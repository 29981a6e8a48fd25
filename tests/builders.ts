/** Valid values to start a test from; each takes what the test cares about. */
import type { PaymentReport } from '../lib/bank/paymentProvider.ts';
import type { Attempt } from '../lib/item/attempt.ts';
import type { Item } from '../lib/item/item.ts';
import type { Clock } from '../lib/platform/clock.ts';
import type { Logger } from '../lib/platform/logger.ts';
import type { Figure, Metrics } from '../lib/platform/metrics.ts';
import type { Regie } from '../lib/regie/regie.ts';

export const noon = new Date('2026-11-23T12:00:00.000Z');

/** As every item is until it is erased. */
type WholeItem = Item & Required<Pick<Item, 'label' | 'eraseAt' | 'dueAt'>>;

export function anItem(change: Partial<Item> = {}): WholeItem {
  return {
    id: '7zzzzzzzzzzzzzzzzzzzzzzzzz',
    writeId: '11111111-2222-4333-8444-555555555555',
    version: 1,
    service: 'demarches.example.org',
    state: 'waiting',
    regieId: 'cantine',
    amountCents: 1005,
    currency: 'EUR',
    label: 'Cantine de novembre',
    url: 'https://demarches.example.org/cantine/14/',
    nameId: 'ab1c2d3e',
    email: 'gerard.lambert@rungis.fr',
    cancellable: true,
    payments: {},
    createdAt: '2026-11-23T12:00:00.000Z',
    updatedAt: '2026-11-23T12:00:00.000Z',
    eraseAt: '2027-12-28T12:00:00.000Z',
    dueAt: '2027-12-28T12:00:00.000Z',
    ...change,
  } as WholeItem;
}

export function anAttempt(change: Partial<Attempt> = {}): Attempt {
  return {
    state: 'open',
    createdAt: '2026-11-23T12:00:00.000Z',
    startId: '22222222-3333-4444-8555-666666666666',
    bank: 'sandbox',
    mode: 'test',
    shop: 'cantine',
    ...change,
  };
}

/** What the bank says of attempt 1 of `anItem()`. */
export function aReport(change: Partial<PaymentReport> = {}): PaymentReport {
  return {
    outcome: 'paid',
    reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
    amountCents: 1005,
    currency: 'EUR',
    shop: 'cantine',
    mode: 'test',
    ...change,
  };
}

export function aRegie(change: Partial<Regie> = {}): Regie {
  return {
    id: 'cantine',
    slug: 'la-cantine',
    name: 'Régie de la cantine',
    bank: 'sandbox',
    defaultLabel: 'Cantine',
    status: 'active',
    version: 1,
    ...change,
  };
}

/** A clock that stands still until it is set. */
export interface TestClock extends Clock {
  set(instant: Date): void;
  advance(milliseconds: number): void;
}

export function aClock(start: Date = noon): TestClock {
  let now = start;
  return {
    now: () => now,
    set(instant) {
      now = instant;
    },
    advance(milliseconds) {
      now = new Date(now.getTime() + milliseconds);
    },
  };
}

/** A logger that keeps its lines for the test to read. */
export interface TestLogger extends Logger {
  readonly lines: { level: string; message: string; fields: Record<string, unknown> }[];
}

export function aLogger(): TestLogger {
  const lines: TestLogger['lines'] = [];
  const log =
    (level: string) =>
    (message: string, fields = {}) => {
      lines.push({ level, message, fields });
    };
  return { lines, info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

/** Metrics that keep their figures for the test to read. */
export interface TestMetrics extends Metrics {
  readonly figures: Figure[];
}

export function aMetrics(): TestMetrics {
  const figures: Figure[] = [];
  const record = (figure: Figure) => {
    figures.push(figure);
  };
  return { figures, record };
}
