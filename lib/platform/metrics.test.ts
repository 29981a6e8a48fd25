import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { aClock } from '../../tests/builders.ts';
import { consoleMetrics } from './metrics.ts';

describe('consoleMetrics', () => {
  const clock = aClock();

  it('writes a line that CloudWatch makes a metric of, with the dimensions of that figure alone', async () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const metrics = consoleMetrics('publik-basket-prod', clock);
    metrics.record({ name: 'CentsPaid', value: 1005, regie: 'cantine' });
    metrics.record({ name: 'OldestDueAge', value: 0 });
    await nextTurn();
    spy.mockRestore();
    const [paid, age] = written.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line));
    expect(paid).toMatchObject({ service: 'publik-basket', regie: 'cantine', CentsPaid: 1005 });
    expect(paid._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: 'publik-basket-prod',
        Dimensions: [['service', 'regie']],
        Metrics: [{ Name: 'CentsPaid', Unit: 'Count' }],
      },
    ]);
    expect(age._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: 'publik-basket-prod',
        Dimensions: [['service']],
        Metrics: [{ Name: 'OldestDueAge', Unit: 'Seconds' }],
      },
    ]);
    expect(age).not.toHaveProperty('regie');
  });

  it('writes the same figure again with its own time and value', async () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const metrics = consoleMetrics('publik-basket-prod', clock);
    const figures = [
      { name: 'CentsPaid', value: 1, regie: 'a' },
      { name: 'CentsPaid', value: 2, regie: 'a' },
      { name: 'CentsPaid', value: 3, regie: 'b' },
    ] as const;
    for (const [index, figure] of figures.entries()) {
      clock.set(new Date(1_000 + index));
      metrics.record(figure);
    }
    await nextTurn();
    spy.mockRestore();
    const lines = written
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ _aws, regie, CentsPaid }) => [_aws.Timestamp, regie, CentsPaid])).toEqual([
      [1_000, 'a', 1],
      [1_001, 'a', 2],
      [1_002, 'b', 3],
    ]);
  });
});
