/** What the code of each function asks of DynamoDB, seen at the client, is what its role lets it do: no less and no more. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionRoles } from './functionRoles.ts';
import { locationOf } from './loopbackServer.ts';
import { testBanks } from './testBanks.ts';
import { startTestBasket, type TestBasket } from './testBasket.ts';

/** The function that runs. */
const running = new AsyncLocalStorage<string>();
/** By function: actions by what they are done to. */
const used: Record<string, Record<string, Set<string>>> = {};

let basket: TestBasket;
beforeAll(async () => {
  basket = await startTestBasket({
    isBrowsable: true,
    around: (name, handler) => ((...args) => running.run(name, () => handler(...args))) as typeof handler,
  });
  watchClient();
  await useEverything();
}, 60_000);
afterAll(() => basket.stop());

function watchClient(): void {
  const { itemsTable, regiesTable, sandboxTable = '' } = basket.deps.config;
  const tables = { [itemsTable]: 'ItemsTable', [regiesTable]: 'RegiesTable', [sandboxTable]: 'SandboxTable' };
  basket.deps.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (call) => {
        const { TableName = '', IndexName } = call.input as { TableName?: string; IndexName?: string };
        const target = `${tables[TableName]}${IndexName === undefined ? '' : `/index/${IndexName}`}`;
        const role = used[running.getStore() ?? 'nobody'] ?? {};
        const action = `dynamodb:${commandName.replace(/Command$/, '')}`;
        used[running.getStore() ?? 'nobody'] = { ...role, [target]: new Set(role[target]).add(action) };
        return next(call);
      },
    { step: 'initialize' },
  );
}

async function useEverything(): Promise<void> {
  await removeInEveryWay();
  await payAndGiveUp();
  for (const [, start] of testBanks) await payAt(start);
  // A row that nothing can be decided from: attendItems puts it off.
  const id = '7zzzzzzzzzzzzzzzzzzzzzzzzz';
  await basket.putRow({ id, kind: 'item', amountCents: -1, dueShard: 'due', dueAt: '2026-11-01T00:00:00.000Z' });
  await basket.attend();
}

async function add(regieId = 'cantine', amount = '10.05') {
  const query = { NameId: 'ab1c2d3e', email: 'gerard.lambert@rungis.fr', regie_id: regieId };
  const { body } = await basket.add({ query, body: { amount } });
  return { id: String(body['id']), address: String(body['payment_url']) };
}

const post = (address: string, form?: Record<string, string>) =>
  fetch(address, { method: 'POST', redirect: 'manual', ...(form && { body: new URLSearchParams(form) }) });

async function removeInEveryWay(): Promise<void> {
  const { id } = await add();
  await basket.remove(id);
  await basket.remove(id);
  await basket.remove('7zzzzzzzzzzzzzzzzzzzzzzzzz');
}

/** Functions share a cache here and not on AWS: each has to read them itself. */
const forgetRegies = () => basket.clock.advance(61_000);

/** Both at the sandbox bank; the second time its notification comes by its schedule. */
async function payAndGiveUp(): Promise<void> {
  for (const amount of ['10.05', '900.10']) {
    const { address } = await add('cantine', amount);
    forgetRegies();
    await fetch(address);
    const { headers } = await post(`${address}/pay`);
    await fetch(headers.get('location') ?? '');
    const back = await post(headers.get('location') ?? '', { outcome: 'paid' });
    await fetch(locationOf(back));
    forgetRegies();
    await basket.attend();
  }
  const { address } = await add();
  await fetch(`${address}/cancel`);
  await post(`${address}/cancel`, { choice: 'remove' });
}

/** One payment that is notified of, and one that is left alone and asked about. */
async function payAt(start: (typeof testBanks)[number][1]): Promise<void> {
  const bank = await start(basket);
  // What was kept of the secrets is read anew: its keys are there now.
  basket.clock.advance(301_000);
  const told = await add(bank.regieId);
  const asked = await add(bank.regieId);
  for (const { address } of [told, asked]) await post(`${address}/pay`);
  const redirect = (await basket.item(told.id))?.payments['1']?.redirect;
  if (redirect === undefined) throw new Error('No payment was opened.');
  const { notification } = await bank.choose(redirect, 'paid');
  const token = told.address.slice(told.address.lastIndexOf('/') + 1);
  await fetch(`${basket.url}/payment-notification/${token}`, { method: 'POST', body: notification.body });
  basket.clock.advance(bank.sessionMinutes * 60_000);
  await basket.attend();
  await bank.stop();
}

describe('the role of', () => {
  it.each(Object.entries(functionRoles))('%s covers what its code asks of DynamoDB, and nothing else', (name, role) => {
    // The stream is read by Lambda, in the name of the function.
    const onTables = Object.entries(role).filter(([target]) => /Table(\/index|$)/.test(target));
    const asked = Object.entries(used[name] ?? {}).map(([target, actions]) => [target, [...actions].sort()]);
    expect(Object.fromEntries(asked)).toEqual(Object.fromEntries(onTables));
  });

  it('no other: whatever is asked of DynamoDB is asked by a function', () => {
    expect(Object.keys(used).sort()).toEqual(Object.keys(functionRoles).sort());
  });
});
