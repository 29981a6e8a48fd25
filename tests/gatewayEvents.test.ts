/** Events in the shape that API Gateway gives them, holding URLs signed by w.c.s.'s own signer. */
import { readFile } from 'node:fs/promises';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anItem } from './builders.ts';
import { secrets, service, startTestBasket, type TestBasket } from './testBasket.ts';

let basket: TestBasket;
beforeAll(async () => {
  basket = await startTestBasket();
});
afterAll(() => basket.stop());

/** Each fixture has the key that its URL was signed with. */
async function handle(name: string) {
  const text = await readFile(new URL(`fixtures/${name}.event.json`, import.meta.url), 'utf8');
  const { event, key } = JSON.parse(text) as { event: APIGatewayProxyEventV2; key: string };
  await basket.writeSecrets({ ...secrets, services: { [service]: { keys: [key] } } });
  // A day off, so that the secrets are read anew at the event's own time.
  basket.clock.set(new Date(event.requestContext.timeEpoch - 86_400_000));
  await basket.stage.secrets.get();
  basket.clock.set(new Date(event.requestContext.timeEpoch));
  const handler = event.rawPath.includes('remove') ? basket.handlers.remove : basket.handlers.add;
  const { statusCode, body = '' } = await handler(event, {} as Context);
  return { statusCode, body: JSON.parse(body) as Record<string, unknown> };
}

describe('an event of API Gateway', () => {
  it.each([
    [
      'addBasketItem',
      { amountCents: 1005, label: 'Abonnement au cours de pétanque', nameId: 'ab1c2d3e4f5061728394a5b6c7d8e9f0' },
    ],
    ['addBasketItemWithoutBody', { amountCents: 375, nameId: 'x' }],
    ['addBasketItemInBase64', { amountCents: 300, label: 'Entrée à la piscine', nameId: "a~b*c(d)'!" }],
  ])('%s adds the item', async (name, expected) => {
    const { statusCode, body } = await handle(name);
    expect(statusCode).toBe(200);
    expect(await basket.item(body['id'])).toMatchObject({ ...expected, service: 'demarches.example.org' });
  });

  it('removeBasketItem takes it back', async () => {
    await basket.putRow({ ...anItem({ nameId: 'x' }), kind: 'item', dueShard: 'due' });
    const { statusCode } = await handle('removeBasketItem');
    expect(statusCode).toBe(200);
    expect(await basket.item(anItem().id)).toMatchObject({ state: 'cancelled', notice: { trigger: 'cancelled' } });
  });
});
