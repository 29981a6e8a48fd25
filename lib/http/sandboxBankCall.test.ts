import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { aClock, aLogger } from '../../tests/builders.ts';
import { httpApiEvent } from '../../tests/loopbackServer.ts';
import { createCache } from '../platform/cache.ts';
import type { SandboxStore } from '../sandboxBank/sandboxStore.ts';
import { AppError } from '../values/errors.ts';
import { type SandboxBankDeps, sandboxBankHandler } from './sandboxBankCall.ts';

const context = {} as Context;
const tick = { source: 'aws.events' } as never;
const page = httpApiEvent({ method: 'GET', path: `/sandbox/pay/abc-${'0'.repeat(32)}` });

const fail = async (): Promise<never> => {
  throw new AppError('temporarily-unavailable', { cause: new Error('secret of the cause') });
};

/** A table out of reach. */
const brokenStore: SandboxStore = {
  add: fail,
  read: fail,
  recordDecision: fail,
  listDue: fail,
  claimNotification: fail,
};

function tools(change: Partial<SandboxBankDeps> = {}) {
  const clock = aClock();
  const { logger = aLogger() } = change;
  const load = async () => ({ sandboxKey: 'sandbox-key' });
  const secrets = createCache({ name: 'secrets', load, maximumAgeMs: 60_000, clock, logger });
  return { config: { sandboxUrl: 'http://localhost:3000/sandbox' }, clock, logger, secrets, ...change };
}

describe('sandboxBankHandler', () => {
  it('answers 504, which promises nothing, when its table is out of reach', async () => {
    const logger = aLogger();
    const answer = await sandboxBankHandler(() => tools({ logger, sandboxStore: brokenStore }))(page, context);
    expect(answer).toMatchObject({ statusCode: 504, body: '{"error":"temporarily-unavailable"}' });
    expect(logger.lines).toMatchObject([{ level: 'ERROR', fields: { causeName: 'Error', status: 504 } }]);
    expect(JSON.stringify(logger.lines)).not.toContain('secret of the cause');
  });

  it('answers 500 on a stage that has no bank', async () => {
    const answer = await sandboxBankHandler(tools)(page, context);
    expect(answer).toMatchObject({ statusCode: 500, body: '{"error":"internal-error"}' });
  });

  it('leaves the report of a failed tick to Lambda', async () => {
    const handler = sandboxBankHandler(() => tools({ sandboxStore: brokenStore }));
    await expect(handler(tick, context)).rejects.toMatchObject({ code: 'temporarily-unavailable' });
  });
});
