/** A worker that is killed at random points, fifty times, over five hundred notices: every form hears, and whoever hears twice is accounted for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FormServer, startFormServer } from '../../standins/forms/server.ts';
import { anItem } from '../builders.ts';
import { secrets, service, serviceKey, startTestBasket, type TestBasket } from '../testBasket.ts';

const worker = fileURLToPath(new URL('attendWorker.ts', import.meta.url));

/** Past the lease of what a killed worker had claimed, and past its first delays. */
const stepMs = 61_000;

let basket: TestBasket;
let forms: FormServer;
let offsetMs = 0;
beforeAll(async () => {
  basket = await startTestBasket({ isBrowsable: true });
  forms = await startFormServer({ key: serviceKey, now: () => new Date(Date.now() + offsetMs) });
  const known = { keys: [serviceKey], aliases: [new URL(forms.url).host] };
  await basket.writeSecrets({ ...secrets, services: { [service]: known } });
});
afterAll(async () => {
  await forms.stop();
  await basket.stop();
});

function startWorker(): ChildProcess {
  const args = [worker, JSON.stringify(basket.deps.config), String(offsetMs)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('a worker that is killed fifty times', () => {
  it('leaves no form untold, and none told twice without a lost answer', { timeout: 300_000 }, async () => {
    const nextAt = new Date(Date.now() - 1_000).toISOString();
    const names = Array.from({ length: 500 }, (_, index) => `f${index}`);
    for (const [index, name] of names.entries()) {
      const notice = { trigger: 'cancelled', tries: 0, nextAt } as const;
      const id = `2000000000000000000000${String(index).padStart(4, '0')}`;
      const item = anItem({ id, state: 'cancelled', url: forms.formUrl(name), notice, dueAt: nextAt });
      await basket.putRow({ ...item, kind: 'item', dueShard: 'due' });
    }
    // So that a kill often meets a form in the middle of its answer.
    forms.behave('*', { slowMs: 15 });

    let kills = 0;
    while (kills < 50) {
      const child = startWorker();
      const ended = once(child, 'exit');
      const before = names.filter((name) => forms.heard(name).length > 0).length;
      // Killed a little after it has begun to tell.
      while (names.filter((name) => forms.heard(name).length > 0).length === before && before < names.length)
        await sleep(2);
      await sleep(Math.random() * 40);
      child.kill('SIGKILL');
      await ended;
      kills += 1;
      offsetMs += stepMs;
    }

    forms.behave('*', 'none');
    offsetMs += 10 * 60_000;
    const last = startWorker();
    await once(last.stdout ?? last, 'data');
    last.kill('SIGKILL');
    await once(last, 'exit');

    const rows = new Map((await basket.items()).map((item) => [item.url, item]));
    for (const name of names) expect(forms.accepted(name), name).toHaveLength(1);
    const twice = names.filter((name) => forms.heard(name).length > 1);
    for (const name of twice) {
      const notice = rows.get(forms.formUrl(name))?.notice;
      expect(notice).toMatchObject({ end: 'presumed-delivered', mayHaveHeard: true });
      expect(notice?.log?.[0]).toMatchObject({ outcome: 'unknown' });
    }
    for (const { notice } of rows.values()) {
      if (notice !== undefined) expect(notice.end).toMatch(/^(presumed-)?delivered$/);
    }
    console.info(
      `${kills} kills over 500 notices: all heard; ${twice.length} were called twice, each after a try whose answer was lost`,
    );
  });
});
