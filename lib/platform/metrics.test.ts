import { afterEach, describe, expect, it, vi } from 'vitest';
import { consoleMetrics } from './metrics.ts';

describe('consoleMetrics', () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  afterEach(() => stdout.mockClear());
  const lines = () => stdout.mock.calls.map(([text]) => JSON.parse(String(text)));

  it('writes a line that CloudWatch makes a metric of, with the dimensions of that figure alone', () => {
    const metrics = consoleMetrics('publik-basket-prod');
    metrics.record({ name: 'CentsPaid', value: 1005, regie: 'cantine' });
    metrics.record({ name: 'OldestDueAge', value: 0 });
    const [paid, age] = lines();
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

  it('writes the same figure again with its own time, value and dimensions', () => {
    const metrics = consoleMetrics('publik-basket-prod');
    const before = Date.now();
    metrics.record({ name: 'CentsPaid', value: 1, regie: 'a' });
    metrics.record({ name: 'CentsPaid', value: 2, regie: 'a' });
    metrics.record({ name: 'CentsPaid', value: 3, regie: 'b' });
    expect(lines().map(({ regie, CentsPaid }) => [regie, CentsPaid])).toEqual([
      ['a', 1],
      ['a', 2],
      ['b', 3],
    ]);
    for (const { _aws } of lines()) expect(_aws.Timestamp).toBeGreaterThanOrEqual(before);
  });
});
