import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createHostGate } from './hostGate.ts';

/** Work that ends when the test says. */
function aTask() {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  return { work: () => promise, end: resolve };
}

describe('a gate', () => {
  it('lets two pass at once for each host, and another when one is done', async () => {
    const gate = createHostGate();
    const started: string[] = [];
    const tasks = Array.from({ length: 4 }, aTask);
    const passes = tasks.map((task, index) =>
      gate.pass(index === 3 ? 'b' : 'a', () => {
        started.push(String(index));
        return task.work();
      }),
    );
    await turn();
    expect(started).toEqual(['0', '1', '3']);
    tasks[1]?.end(false);
    await turn();
    expect(started).toEqual(['0', '1', '3', '2']);
    for (const task of tasks) task.end(false);
    expect(await Promise.all(passes)).toEqual([true, true, true, true]);
  });

  it('lets nothing more pass to a host that did not answer three times', async () => {
    const gate = createHostGate();
    const fail = () => gate.pass('dead', async () => true);
    expect([await fail(), await fail(), await fail(), await fail()]).toEqual([true, true, true, false]);
    expect(await gate.pass('alive', async () => false)).toBe(true);
  });

  it('frees the connection of work that throws', async () => {
    const gate = createHostGate();
    const broken = () => gate.pass('a', () => Promise.reject(new Error('broken')));
    for (let tries = 0; tries < 5; tries += 1) await expect(broken()).rejects.toThrow('broken');
    expect(await gate.pass('a', async () => false)).toBe(true);
  });
});
