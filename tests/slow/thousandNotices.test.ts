/** Notices by the thousand, to hosts of which some are dead, some slow and some break off. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FormServer, startFormServer } from '../../standins/forms/server.ts';
import { anItem } from '../builders.ts';
import { secrets, service, serviceKey, startTestBasket, type TestBasket } from '../testBasket.ts';

let basket: TestBasket;
beforeAll(async () => {
  basket = await startTestBasket({ isBrowsable: true });
});
afterAll(() => basket.stop());

describe('a thousand items of twenty hosts', () => {
  it('the healthy ones hear in the first run, nobody hears twice, and the dead ones follow the schedule', async () => {
    const servers = await Promise.all(
      Array.from({ length: 20 }, () => startFormServer({ key: serviceKey, now: () => basket.clock.now() })),
    );
    const aliases = servers.map(({ url }) => new URL(url).host);
    await basket.writeSecrets({ ...secrets, services: { [service]: { keys: [serviceKey], aliases } } });
    const dead = servers.slice(0, 5);
    const slow = servers.slice(5, 8);
    const flapping = servers.slice(8, 10);
    const healthy = servers.slice(10);
    for (const server of dead) await server.goDown();
    for (const server of slow) server.behave('*', { slowMs: 100 });

    const now = basket.clock.now().toISOString();
    const items = Array.from({ length: 1_000 }, (_, index) => {
      const notice = { trigger: 'cancelled', tries: 0, nextAt: now } as const;
      const server = servers[index % 20] as FormServer;
      const name = `n${index}`;
      if (flapping.includes(server))
        server.behave(name, index % 40 < 20 ? ['error-500', 'reset-before'] : ['reset-after']);
      const id = `1000000000000000000000${String(index).padStart(4, '0')}`;
      return { server, name, item: anItem({ id, state: 'cancelled', url: server.formUrl(name), notice, dueAt: now }) };
    });
    await Promise.all(items.map(({ item }) => basket.putRow({ ...item, kind: 'item', dueShard: 'due' })));

    const started = performance.now();
    await basket.attend();
    const firstRunMs = Math.round(performance.now() - started);
    const heard = (group: readonly FormServer[]) =>
      items.filter(({ server, name }) => group.includes(server) && server.accepted(name).length > 0).length;
    expect([heard(healthy), heard(slow), heard(dead)]).toEqual([500, 150, 0]);
    const afterFirst = heard(flapping);

    for (const server of dead) await server.comeUp();
    for (let minute = 0; minute < 40; minute += 1) {
      basket.clock.advance(60_000);
      await basket.attend();
    }
    const rows = (await basket.items()).filter(({ id }) => id.startsWith('10000000000000000000'));
    expect(rows).toHaveLength(1_000);
    for (const { notice } of rows) expect(notice?.end).toMatch(/^(presumed-)?delivered$/);
    for (const { server, name } of items) expect(server.accepted(name)).toHaveLength(1);
    const presumed = rows.filter(({ notice }) => notice?.end === 'presumed-delivered').length;
    const triesOfDead = rows.filter(({ url = '' }) => dead.some((server) => url.startsWith(server.url)));
    const untried = triesOfDead.filter(({ notice }) => notice?.tries === 1).length;
    console.info(
      `1,000 notices: first run ${firstRunMs} ms, ${500 + 150 + afterFirst} heard in it; ${presumed} presumed; of 250 of dead hosts ${untried} were told at their first try, put off untried before`,
    );
    expect(presumed).toBe(50);
    // Three failures of each dead host's two connections at most, in the first run.
    expect(triesOfDead.length - untried).toBeLessThanOrEqual(5 * 4);
    await Promise.all(servers.map((server) => server.stop()));
  });
});
