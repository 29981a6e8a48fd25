/** A process that attends items until it is killed: what a test of kills starts. Says "idle" when nothing is due any more. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createHandler } from '../../functions/attendItems.ts';
import { buildPaymentDeps } from '../../lib/composition/paymentDeps.ts';
import { buildServiceDeps } from '../../lib/composition/serviceDeps.ts';
import type { Config } from '../../lib/platform/config.ts';
import { aLogger, aMetrics } from '../builders.ts';

const [config = '{}', offsetMs = '0'] = process.argv.slice(2);
const clock = { now: () => new Date(Date.now() + Number(offsetMs)) };
const tools = { clock, logger: aLogger(), metrics: aMetrics() };
const stage = buildPaymentDeps(buildServiceDeps(JSON.parse(config) as Config, tools));
const attend = createHandler(() => stage);

for (;;) {
  await attend({}, { getRemainingTimeInMillis: () => 120_000 });
  const { keys } = await stage.store.listDue(clock.now(), 1);
  if (keys.length === 0) console.log('idle');
  await sleep(20);
}
