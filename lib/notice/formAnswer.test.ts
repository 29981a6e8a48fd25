import { describe, expect, it } from 'vitest';
import { noon } from '../../tests/builders.ts';
import { readTry } from './formAnswer.ts';
import type { FormAnswer, FormCallResult } from './formCall.ts';

const answered = (status: number, change: Partial<FormAnswer> = {}): FormCallResult => ({
  kind: 'answered',
  answer: { status, headers: {}, body: '', isWhole: true, isTooLong: false, ...change },
});

const json = (body: string, headers: FormAnswer['headers'] = {}) => answered(200, { body, headers });

describe('readTry', () => {
  it.each<[string, FormCallResult]>([
    ['err 0', json('{"err": 0, "url": null}')],
    ['no err', answered(201, { body: '{}' })],
    ['err null', json('{"err": null}')],
    ['err false', json('{"err": false}')],
    ['err as an empty text', json('{"err": ""}')],
    ['err as a text', json('{"err": "0"}')],
    ['err as a text that int() takes', json('{"err": " +00 "}')],
    ['err with decimals', json('{"err": 0.0}')],
    ['err that int() makes 0', json('{"err": -0.5}')],
    ['err as an empty list', json('{"err": []}')],
    ['err as an empty object', json('{"err": {}}')],
    ['an error code of 0, which decides alone', json('{"err": 1}', { errorCode: '0' })],
    ['an empty error code, which is none', json('{"err": 0}', { errorCode: '' })],
  ])('delivered, as w.c.s. reads a success: %s', (_, result) => {
    expect(readTry(result, false, noon)).toEqual({
      outcome: 'delivered',
      reason: expect.stringMatching(/^HTTP 20[01]$/),
      mayHaveHeard: false,
      isNetworkFailure: false,
    });
  });

  it.each<[string, FormCallResult]>([
    ['err 1', json('{"err": 1}')],
    ['err true', json('{"err": true}')],
    ['err as another text', json('{"err": "1"}')],
    ['err as white space', json('{"err": " "}')],
    ['err as a word', json('{"err": "none"}')],
    ['err as a list', json('{"err": [0]}')],
    ['err as an object', json('{"err": {"code": 0}}')],
    ['err that int() makes -1', json('{"err": -1.5}')],
    ['an error code, which decides alone', json('{"err": 0}', { errorCode: '1' })],
    ['an error code in words', json('{"err": 0}', { errorCode: 'internal-error' })],
    ['an error code given twice', json('{"err": 0}', { errorCode: '0, 1' })],
    ['a list', json('[]')],
    ['null', json('null')],
    ['a text', json('"ok"')],
    ['a number', json('0')],
    ['HTML', json('<html>')],
    ['two objects', json('{"err": 0}{"err": 0}')],
    ['a byte order mark', json('\ufeff{"err": 0}')],
    ['a compressed success', json('\u001f\ufffd\b\u0000')],
    ['nothing', json('')],
    ['no content', answered(204)],
    ['nothing new', answered(205)],
    ['accepted for later', answered(202, { body: 'queued' })],
    ['more than any form says', answered(200, { body: '{}', isWhole: false, isTooLong: true })],
    ['a redirect, as w.c.s. answers who asks for no JSON', answered(302)],
    ['a page to see next', answered(303)],
    ['another address from now on', answered(301)],
    ['nothing modified', answered(304)],
  ])('no success that we know, for two hours, of a form that may have heard: %s', (_, result) => {
    expect(readTry(result, false, noon)).toMatchObject({ outcome: 'refused', mayHaveHeard: true });
    expect(readTry(result, true, noon)).toMatchObject({ outcome: 'refused', mayHaveHeard: true });
  });

  it.each<[string, FormCallResult]>([
    ['an error, maybe of what came after the jump', answered(500)],
    ['not implemented', answered(501)],
    ['a gateway without the form', answered(502)],
    ['out of service, as Varnish says of a form that is slow', answered(503)],
    ['a gateway that gave up', answered(504)],
    ['an odd answer, to Cloudflare', answered(520)],
    ['a form that was too slow for Cloudflare', answered(524)],
    ['a login to the network', answered(511)],
    ['no status that there is', answered(600)],
    ['half of a success', answered(200, { body: '{}', isWhole: false })],
    ['sent, and no word', { kind: 'unknown', reason: 'timeout' }],
  ])('unknown, of a form that may have heard: %s', (_, result) => {
    expect(readTry(result, false, noon)).toMatchObject({ outcome: 'unknown', mayHaveHeard: true });
  });

  it.each<[string, FormCallResult, string]>([
    ['an unknown trigger', answered(404), 'refused'],
    ['a bad request', answered(400), 'refused'],
    ['a login', answered(401), 'refused'],
    ['another method', answered(405), 'refused'],
    ['gone', answered(410), 'refused'],
    ['too much', answered(413), 'refused'],
    ['the same call, elsewhere', answered(307), 'refused'],
    ['the same call, elsewhere for good', answered(308), 'refused'],
    ['busy', answered(403, { body: '{"err": 1, "err_desc": "Formdata currently processing actions."}' }), 'retry'],
    ['not believed', answered(403, { body: '{"err": 1, "err_desc": "invalid signature"}' }), 'wrong-key'],
    ['a time-out of its own', answered(408), 'retry'],
    ['too early', answered(425), 'retry'],
    ['too often', answered(429), 'retry'],
    ['nothing sent', { kind: 'not-sent', reason: 'refused' }, 'retry'],
  ])('surely not heard: %s', (_, result, outcome) => {
    expect(readTry(result, false, noon)).toMatchObject({ outcome, mayHaveHeard: false });
  });

  it('takes an unknown trigger for what follows a success, when an earlier try may have been heard', () => {
    expect(readTry(answered(404), true, noon).outcome).toBe('presumed-delivered');
    expect(readTry(answered(410), true, noon).outcome).toBe('refused');
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
      outcome: 'unknown',
      reason: 'HTTP 500',
      mayHaveHeard: true,
      isNetworkFailure: false,
    });
  });
});
