import { expect, it } from 'vitest';
import { aLogger, anAttempt, anItem } from '../../tests/builders.ts';
import type { Alert } from '../item/attempt.ts';
import { logSettlement } from './settlePayment.ts';

it('writes a line for an alert each time that it is raised, and none while it stands', () => {
  const itemWith = (alert?: Partial<Alert>) =>
    anItem({
      payments: { '1': anAttempt({ state: 'expired' }) },
      ...(alert && {
        alerts: { '1': { kind: 'authorisation-unconfirmed', raisedAt: '2026-11-23T12:00:00.000Z', ...alert } },
      }),
    });
  const raised = itemWith({});
  const closed = itemWith({ closedAt: '2026-11-24T12:00:00.000Z' });
  const again = itemWith({ raisedAt: '2026-11-30T12:00:00.000Z' });
  const logger = aLogger();
  const log = (before: typeof raised, after: typeof raised) =>
    logSettlement(logger, { before, after, attemptId: '1', channel: 'question' });
  log(itemWith(), raised);
  log(raised, raised);
  log(raised, closed);
  log(closed, again);
  expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([
    ['ERROR', 'authorisation-unconfirmed'],
    ['ERROR', 'authorisation-unconfirmed'],
  ]);
});
