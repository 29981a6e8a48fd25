/**
 * The whole stack in a process of its own, for being killed: every function behind its route, and the schedules. It is told
 * the time as an offset from the system's, and says what it does; what a function logs as a defect of ours goes along.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { buildServiceDeps } from '../lib/composition/serviceDeps.ts';
import type { Config } from '../lib/platform/config.ts';
import type { Logger } from '../lib/platform/logger.ts';
import { startLoopbackServer } from '../tests/loopbackServer.ts';
import { buildWholeService } from '../tests/wholeService.ts';
import type { ToStack } from './processes.ts';

const { config, isAttended } = JSON.parse(process.argv[2] ?? '{}') as { config: Config; isAttended: boolean };

process.env['AWS_ACCESS_KEY_ID'] ??= 'local';
process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local';

let offsetMs = 0;
let wantedOffsetMs = 0;
const clock = { now: () => new Date(Date.now() + offsetMs) };

const report: Logger['error'] = (message, fields = {}) => {
  if (fields.code === 'internal-error') process.send?.({ defect: { message, ...fields } });
};
const silence = () => undefined;
const logger: Logger = { info: silence, warn: report, error: report };

const whole = buildWholeService(buildServiceDeps(config, { clock, logger }));
const server = await startLoopbackServer(whole.routes);

process.on('message', (told: ToStack) => {
  if ('offsetMs' in told) wantedOffsetMs = told.offsetMs;
  else process.send?.({ heapBytes: heapAfterCollection() });
});
process.on('disconnect', () => process.exit());
process.send?.({ url: server.url });

function heapAfterCollection(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

while (isAttended) {
  // Between two runs: no call to a form may take longer than its lease because we have moved the clock.
  offsetMs = wantedOffsetMs;
  const runOffsetMs = offsetMs;
  process.send?.({ showsMs: offsetMs });
  // Two at once, as when the stream and the schedule meet.
  const runs = await Promise.allSettled([attend(), attend()]);
  const isIdle = runs.every((run) => run.status === 'fulfilled' && run.value);
  process.send?.({ attended: { offsetMs: runOffsetMs, isIdle } });
  await sleep(30);
}

/** A run that fails is Lambda's to report; the next one comes. */
async function attend(): Promise<boolean> {
  await whole.attend();
  const { keys } = await whole.deps.store.listDue(clock.now(), 1);
  return keys.length === 0;
}
