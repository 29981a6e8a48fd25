import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { meanwhile } from './meanwhile.ts';

it('makes what it is to make after the call has left, and before it is answered', async () => {
  const order: string[] = [];
  async function call(): Promise<string> {
    await Promise.resolve();
    order.push('left');
    await sleep(20);
    order.push('answered');
    return 'answer';
  }
  expect(await meanwhile(call(), () => order.push('made'))).toEqual(['answer', 2]);
  expect(order).toEqual(['left', 'made', 'answered']);
});

it('fails as the call does, at once or later', async () => {
  const failed = new Error('throttled');
  await expect(meanwhile(Promise.reject(failed), () => 'made')).rejects.toBe(failed);
  const later = sleep(5).then(() => Promise.reject(failed));
  await expect(meanwhile(later, () => 'made')).rejects.toBe(failed);
});
