/**
 * The business figures that CloudWatch counts, as log lines in its embedded metric format. Their names and dimensions are
 * defined here.
 */
import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { EmfOutput } from '@aws-lambda-powertools/metrics/types';
import type { Clock } from './clock.ts';
import { writeLine } from './output.ts';

/**
 * The figures by name, with their dimensions beside `service`. `infra/alarms.yml` and `infra/dashboard.yml` use the same names.
 */
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
  /** A bank refused to open a payment, or the stage or the regie lacks what its bank needs: only the town can mend it. */
  PaymentsRejected: [],
  /** A citizen pressed a button, our side failed, and the answer was a redirect. */
  PagesInterrupted: [],
  /** A message or answer of the bank itself proved nothing: another amount or account, a wrong key, an unknown status. */
  BankMessagesRefused: [],
  /** An item has an odd row, or a setting for it is missing. It is looked at again, and nothing else happens. */
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
}

/** @param namespace of the stage, in CloudWatch. */
export function consoleMetrics(namespace: string, clock: Clock): Metrics {
  const metrics = new PowertoolsMetrics({ namespace, serviceName: 'publik-basket' });
  /**
   * Records by name and dimensions, as Powertools makes them. Making one is the most expensive part of a figure, so each is
   * kept.
   */
  const records = new Map<string, EmfOutput>();

  /** One record holds one figure: figures have different dimensions. */
  function makeRecord({ name, value, ...dimensions }: Figure): EmfOutput {
    if (figures[name].length > 0) metrics.addDimensions(dimensions);
    metrics.addMetric(name, name === 'OldestDueAge' ? MetricUnit.Seconds : MetricUnit.Count, value);
    const record = metrics.serializeMetrics();
    metrics.clearMetrics();
    metrics.clearDimensions();
    return record;
  }

  return {
    record(figure) {
      const { name, value, ...dimensions } = figure;
      const key = JSON.stringify([name, dimensions]);
      const record = records.get(key) ?? makeRecord(figure);
      records.set(key, record);
      const _aws = { ...record._aws, Timestamp: clock.now().getTime() };
      writeLine(`${JSON.stringify({ ...record, _aws, [name]: value })}\n`);
    },
  };
}
