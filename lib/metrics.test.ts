import { describe, expect, it, vi } from 'vitest';
import { consoleMetrics } from './metrics.ts';

describe('consoleMetrics', () => {
  it('writes a line that CloudWatch makes a metric of, with the dimensions of that figure alone', () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const metrics = consoleMetrics('publik-basket-prod');
    metrics.record({ name: 'CentsPaid', value: 1005, regie: 'cantine' });
    metrics.record({ name: 'OldestDueAge', value: 0 });
    spy.mockRestore();
    const [paid, age] = written.map((line) => JSON.parse(line));
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
});
