import { describe, expect, it } from 'vitest';
import { noon } from '../../tests/builders.ts';
import { readTry } from './formAnswer.ts';
import type { FormAnswer, FormCallResult } from './formCall.ts';

const answered = (status: number, change: Partial<FormAnswer> = {}): FormCallResult => ({
  kind: 'answered',
  answer: { status, headers: {}, body: '', isWhole: true, isTooLong: false, ...change },
});

describe('readTry', () => {
  it.each<[string, FormCallResult, string]>([
    ['JSON with err 0', answered(200, { body: '{"err": 0, "url": null}' }), 'delivered'],
    ['JSON without err', answered(201, { body: '{}' }), 'delivered'],
    ['err 1', answered(200, { body: '{"err": 1}' }), 'refused'],
    ['err "0", which is no number', answered(200, { body: '{"err": "0"}' }), 'refused'],
    ['HTML', answered(200, { body: '<html>' }), 'refused'],
    ['JSON that is no object', answered(200, { body: '[]' }), 'refused'],
    ['null', answered(200, { body: 'null' }), 'refused'],
    ['nothing', answered(204), 'refused'],
    ['more than any form says', answered(200, { body: '{}', isWhole: false, isTooLong: true }), 'refused'],
    ['half of it', answered(200, { body: '{}', isWhole: false }), 'unknown'],
    ['a redirect', answered(302), 'refused'],
    ['an unknown trigger', answered(404), 'refused'],
    ['a bad request', answered(400), 'refused'],
    ['gone', answered(410), 'refused'],
    ['busy', answered(403, { body: '{"err": 1, "err_desc": "Formdata currently processing actions."}' }), 'retry'],
    ['not believed', answered(403, { body: '{"err": 1, "err_desc": "invalid signature"}' }), 'wrong-key'],
    ['a time-out of its own', answered(408), 'retry'],
    ['too early', answered(425), 'retry'],
    ['too often', answered(429), 'retry'],
    ['an error', answered(500), 'retry'],
    ['out of service', answered(503), 'retry'],
    ['a gateway without the form', answered(502), 'unknown'],
    ['a gateway that gave up', answered(504), 'unknown'],
    ['nothing sent', { kind: 'not-sent', reason: 'refused' }, 'retry'],
    ['sent, and no word', { kind: 'unknown', reason: 'timeout' }, 'unknown'],
  ])('%s', (_, result, outcome) => {
    expect(readTry(result, false, noon).outcome).toBe(outcome);
  });

  it('takes an unknown trigger for what follows a success, when an earlier try may have been heard', () => {
    expect(readTry(answered(404), true, noon).outcome).toBe('presumed-delivered');
  });

  it.each([
    ['120', 120_000],
    ['Mon, 23 Nov 2026 12:05:00 GMT', 300_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
  ])('Retry-After %s', (retryAfter, expected) => {
    expect(readTry(answered(503, { headers: { retryAfter } }), false, noon).retryAfterMs).toBe(expected);
  });

  it('tells failures of the network from answers, and gives a reason without a word of the form', () => {
    expect(readTry({ kind: 'unknown', reason: 'timeout' }, false, noon)).toMatchObject({
      isNetworkFailure: true,
      reason: 'timeout',
    });
    expect(readTry(answered(500, { body: 'gerard@rungis.fr' }), false, noon)).toEqual({
      outcome: 'retry',
      reason: 'HTTP 500',
      isNetworkFailure: false,
    });
  });
});
