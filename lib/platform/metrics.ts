/** What CloudWatch counts of the business, as log lines in its embedded metric format. Names and dimensions stand here only. */
import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { EmfOutput } from '@aws-lambda-powertools/metrics/types';
import type { Clock } from './clock.ts';
import { writeLine } from './output.ts';

/** By name, the dimensions of each beside `service`. `infra/alarms.yml` and `infra/dashboard.yml` name the same. */
const figures = {
  ItemsAdded: ['regie'],
  /** By whom: workflow, citizen or erasure. */
  ItemsRemoved: ['by'],
  ItemsPaid: ['regie'],
  CentsPaid: ['regie'],
  AttemptsSettled: ['bank', 'outcome'],
  NoticesEnded: ['outcome'],
  NoticesFailed: [],
  /** Money and state of an item disagree: people must act. */
  MoneyAlerts: [],
  /** A bank would not open a payment, or has not what it needs for that: only the town can mend it. */
  PaymentsRejected: [],
  /** A citizen's press that failed on our side, and was answered with a redirect. */
  PagesInterrupted: [],
  /** The bank itself said something that proves nothing: of another amount or account, with a wrong key, in words not known. */
  BankMessagesRefused: [],
  /** An item whose row is odd, or for which a setting is missing: it is looked at again, and nothing else happens. */
  ItemsNotAttended: [],
  /** Seconds for which the longest overdue item has waited for a run of attendItems. */
  OldestDueAge: [],
} as const satisfies Record<string, readonly string[]>;

type MetricName = keyof typeof figures;

export type Figure = {
  [Name in MetricName]: { readonly name: Name; readonly value: number } & {
    readonly [dimension in (typeof figures)[Name][number]]: string;
  };
}[MetricName];

export interface Metrics {
  record(figure: Figure): void;
  /** Makes the record of what may happen; it is written once what is returned is called. */
  prepare(figure: Figure): () => void;
}

/** @param namespace of the stage, in CloudWatch. */
export function consoleMetrics(namespace: string, clock: Clock): Metrics {
  const metrics = new PowertoolsMetrics({ namespace, serviceName: 'publik-basket' });
  /** As Powertools makes them, by name and dimensions: it takes longer than all else that a figure costs. */
  const records = new Map<string, EmfOutput>();

  /** Of one figure alone: its dimensions are not those of the next. */
  function makeRecord({ name, value, ...dimensions }: Figure): EmfOutput {
    if (figures[name].length > 0) metrics.addDimensions(dimensions);
    metrics.addMetric(name, name === 'OldestDueAge' ? MetricUnit.Seconds : MetricUnit.Count, value);
    const record = metrics.serializeMetrics();
    metrics.clearMetrics();
    metrics.clearDimensions();
    return record;
  }

  function prepare(figure: Figure): () => void {
    const { name, value, ...dimensions } = figure;
    const key = JSON.stringify([name, dimensions]);
    const record = records.get(key) ?? makeRecord(figure);
    records.set(key, record);
    const _aws = { ...record._aws, Timestamp: clock.now().getTime() };
    const line = `${JSON.stringify({ ...record, _aws, [name]: value })}\n`;
    return () => writeLine(line);
  }

  return { prepare, record: (figure) => prepare(figure)() };
}
