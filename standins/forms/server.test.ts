import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, isAnswerLost } from './faults.ts';
import { type FormServer, type FormServerOptions, startFormServer } from './server.ts';

const noon = new Date('2026-11-23T12:00:00Z');
const success = { err: 0, url: null };

let server: FormServer | undefined;

afterEach(async () => {
  await server?.stop();
});

async function start(options: Partial<FormServerOptions> = {}): Promise<FormServer> {
  server = await startFormServer({ key: 'k1', now: () => noon, ...options });
  return server;
}

interface Signing {
  readonly key?: string;
  /** What stands first: `orig` and the user. */
  readonly caller?: string;
  readonly algo?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
}

/** A query string signed as w.c.s. does. */
function signed(signing: Signing = {}): string {
  const { key = 'k1', nonce = randomBytes(14).toString('hex') } = signing;
  const {
    caller = 'NameID=&email=&orig=panier.example',
    algo = 'sha256',
    timestamp = '2026-11-23T12:00:00Z',
  } = signing;
  const query = `${caller}&algo=${algo}&timestamp=${encodeURIComponent(timestamp)}&nonce=${nonce}`;
  return `${query}&signature=${encodeURIComponent(createHmac('sha256', key).update(query).digest('base64'))}`;
}

interface Call extends RequestInit {
  readonly name?: string;
  readonly trigger?: string;
  readonly query?: string;
}

function tell(forms: FormServer, { name = '14', trigger = 'paid', query = signed(), ...init }: Call = {}) {
  return fetch(`${forms.formUrl(name)}jump/trigger/${trigger}?${query}`, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: '{"result":"ok","transaction_id":"T1"}',
    redirect: 'manual',
    ...init,
  });
}

const reasonsOf = (forms: FormServer, name = '14') => forms.heard(name).map(({ verdict }) => verdict.reason);

describe('a call that keeps to the rules', () => {
  it('is accepted, and kept as it came', async () => {
    const forms = await start();
    const headers = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'basket' };
    const answer = await tell(forms, { query: signed({ nonce: 'abc' }), headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual(success);
    expect(forms.heard('14')).toEqual([
      {
        trigger: 'paid',
        method: 'POST',
        body: { result: 'ok', transaction_id: 'T1' },
        query: expect.objectContaining({ NameID: '', orig: 'panier.example', algo: 'sha256', nonce: 'abc' }),
        headers,
        at: noon,
        verdict: { status: 200, reason: 'accepted' },
      },
    ]);
    expect(forms.accepted('14')).toEqual(forms.heard('14'));
  });

  it.each<[string, Record<string, string>, number]>([
    ['accepts JSON only', { accept: 'application/json' }, 200],
    ['sends JSON', { accept: '*/*', 'content-type': 'application/json' }, 200],
    ['sends JSON and its charset', { accept: '*/*', 'content-type': 'application/json; charset=utf-8' }, 302],
    ['accepts JSON among others', { accept: 'application/json, */*' }, 302],
  ])('that %s', async (_, headers, status) => {
    const forms = await start();
    const answer = await tell(forms, { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('location')).toBe(status === 302 ? '/demarche/14/' : null);
    expect(forms.accepted('14')).toHaveLength(1);
  });

  it('may come with a final slash, at any folder, and be signed with either of two keys', async () => {
    const forms = await start({ key: ['k0', 'k1'] });
    expect((await tell(forms, { trigger: 'paid/' })).status).toBe(200);
    const address = `${forms.url}/a/b/15/jump/trigger/cancelled?${signed({ key: 'k0' })}`;
    const init = { method: 'POST', headers: { accept: 'application/json' } };
    expect((await fetch(address, init)).status).toBe(200);
    expect(forms.accepted('15').map(({ trigger, body }) => ({ trigger, body }))).toEqual([
      { trigger: 'cancelled', body: undefined },
    ]);
  });
});

describe('the signature', () => {
  const good = signed();
  const [text = '', signature = ''] = good.split('&signature=');

  it.each<[string, string, string]>([
    ['nothing', '', 'missing'],
    ['no signature', text, 'missing'],
    ['a blank signature', `${text}&signature=`, 'missing'],
    ['two signatures', `${good}&signature=${signature}`, 'missing'],
    ['no orig', signed({ caller: 'NameID=' }), 'missing'],
    ['a blank orig', signed({ caller: 'orig=' }), 'missing'],
    ['two nonces', signed({ caller: 'orig=x&nonce=y' }), 'missing'],
    ['a blank nonce', signed({ nonce: '' }), 'missing'],
    ['no timestamp', signed({ timestamp: '' }), 'missing'],
    ['another key', signed({ key: 'k2' }), 'bad-signature'],
    ['another algorithm', signed({ algo: 'sha512' }), 'bad-signature'],
    ['a parameter after the signature', `${good}&x=1`, 'bad-signature'],
    ['the signature first', `signature=${signature}&${text}`, 'bad-signature'],
    ['a text that was changed', good.replace('panier', 'paniers'), 'bad-signature'],
    ['a text that was written anew', good.replace('panier.example', 'panier%2Eexample'), 'bad-signature'],
    ['a timestamp too old', signed({ timestamp: '2026-11-23T11:59:29Z' }), 'outside-window'],
    ['a timestamp too far ahead', signed({ timestamp: '2026-11-23T12:00:31Z' }), 'outside-window'],
    ['a timestamp in local time', signed({ timestamp: '2026-11-23T12:00:00' }), 'outside-window'],
    ['a user', signed({ caller: 'NameID=abc&orig=x' }), 'unknown-user'],
    ['an email', signed({ caller: 'email=a%40b.example&orig=x' }), 'unknown-user'],
  ])('%s is refused', async (_, query, reason) => {
    const forms = await start();
    const answer = await tell(forms, { query });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      err: 1,
      err_desc: reason === 'unknown-user' ? 'No such user.' : 'Invalid signature',
    });
    expect(forms.heard('14').map(({ verdict }) => verdict)).toEqual([{ status: 403, reason }]);
    expect(forms.accepted('14')).toEqual([]);
  });

  it.each(['2026-11-23T11:59:30Z', '2026-11-23T12:00:30Z'])('of %s is in the window', async (timestamp) => {
    const forms = await start();
    expect((await tell(forms, { query: signed({ timestamp }) })).status).toBe(200);
  });

  it('is believed once, even for another form', async () => {
    const forms = await start();
    const query = signed({ nonce: 'abc' });
    expect((await tell(forms, { query })).status).toBe(200);
    expect((await tell(forms, { query, name: '15' })).status).toBe(403);
    expect(reasonsOf(forms, '15')).toEqual(['nonce-used']);
    // A nonce that somebody else wrote uses nothing up.
    await tell(forms, { query: signed({ nonce: 'def', key: 'k2' }), name: '15' });
    expect((await tell(forms, { query: signed({ nonce: 'def' }), name: '15' })).status).toBe(200);
  });
});

describe('callers whose keys are in its site-options.cfg', () => {
  const by = (orig: string, key = 'k1') => signed({ caller: `NameID=&email=&orig=${encodeURIComponent(orig)}`, key });
  const knowing = (lines: string): Partial<FormServerOptions> => ({
    key: [],
    siteOptions: async () => `[wscall-secrets]\nautre.example = k2\n\n[api-secrets]\n${lines}`,
  });

  it.each([
    ['by its name', 'panier.example', 'accepted'],
    ['by its name in capitals', 'Panier.example', 'accepted'],
    ['by its name and port', 'panier.example:443', 'unknown-caller'],
    ['by the name of somebody else', 'autre.example', 'unknown-caller'],
    ['by the name of what every object has', 'constructor', 'unknown-caller'],
  ])('are believed or not, %s', async (_, orig, reason) => {
    const forms = await start(knowing('panier.example = k1\n'));
    const answer = await tell(forms, { query: by(orig) });
    expect([answer.status, reasonsOf(forms)]).toEqual([reason === 'accepted' ? 200 : 403, [reason]]);
  });

  it('have one key each, which is their own', async () => {
    const forms = await start(knowing('panier.example = k1\nautre.example = k2\n'));
    expect((await tell(forms, { query: by('panier.example', 'k2') })).status).toBe(403);
    expect((await tell(forms, { query: by('autre.example', 'k2') })).status).toBe(200);
    expect(reasonsOf(forms)).toEqual(['bad-signature', 'accepted']);
  });

  it('cannot have a port in their name: no such line can be written', async () => {
    const forms = await start(knowing('localhost:3900 = k1\n'));
    expect((await tell(forms, { query: by('localhost:3900') })).status).toBe(403);
    expect(reasonsOf(forms)).toEqual(['unknown-caller']);
  });

  it('are known as soon as the file is changed', async () => {
    let text = '';
    const forms = await start({ key: [], siteOptions: async () => text });
    const refused = await tell(forms, { query: by('panier.example') });
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({ err_desc: 'Invalid orig' }),
    ]);
    text = '[api-secrets]\npanier.example = k1\n';
    expect((await tell(forms, { query: by('panier.example') })).status).toBe(200);
  });

  it('without a key in the file, are not believed with an empty one', async () => {
    const forms = await start(knowing('panier.example =\n'));
    expect((await tell(forms, { query: by('panier.example', 'k1') })).status).toBe(403);
    expect(reasonsOf(forms)).toEqual(['unknown-caller']);
  });
});

describe('the state of a form', () => {
  it('is busy after it has called us, whatever the signature, and then no longer', async () => {
    let time = noon;
    const forms = await start({ now: () => time, processingMs: 2_000 });
    forms.startProcessing('14');
    time = new Date('2026-11-23T12:00:01.999Z');
    const answer = await tell(forms, { query: 'unsigned' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({
      err: 1,
      err_class: 'Forbidden',
      err_desc: 'Formdata currently processing actions.',
    });
    expect((await tell(forms, { name: '15' })).status).toBe(200);
    time = new Date('2026-11-23T12:00:02Z');
    expect((await tell(forms)).status).toBe(200);
    expect(reasonsOf(forms)).toEqual(['processing', 'accepted']);
  });

  it('knows its triggers while it waits, and none after', async () => {
    const forms = await start();
    const unknown = await tell(forms, { trigger: 'refunded' });
    expect([unknown.status, await unknown.json()]).toEqual([404, expect.objectContaining({ err: 1 })]);
    expect((await tell(forms)).status).toBe(200);
    expect((await tell(forms)).status).toBe(404);
    expect((await tell(forms, { trigger: 'cancelled' })).status).toBe(404);
    expect(reasonsOf(forms)).toEqual(['unknown-trigger', 'accepted', 'unknown-trigger', 'unknown-trigger']);
  });

  it('takes one of two calls that come together', async () => {
    const forms = await start();
    const answers = await Promise.all([tell(forms), tell(forms, { trigger: 'cancelled' })]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    expect(forms.accepted('14')).toHaveLength(1);
  });

  it('may know other triggers', async () => {
    const forms = await start({ triggers: ['paye'] });
    expect((await tell(forms)).status).toBe(404);
    expect((await tell(forms, { trigger: 'paye' })).status).toBe(200);
  });

  it('is told by POST only, after everything else was looked at', async () => {
    const forms = await start();
    expect((await tell(forms, { method: 'PUT' })).status).toBe(403);
    expect((await tell(forms, { method: 'PUT', query: '' })).status).toBe(403);
    expect((await tell(forms, { method: 'PUT', trigger: 'refunded' })).status).toBe(404);
    expect(reasonsOf(forms)).toEqual(['wrong-method', 'missing', 'unknown-trigger']);
  });

  it.each(['..', 'a/b', 'é', 'a b', '*', ''])('has no name like "%s"', async (name) => {
    const forms = await start();
    expect(() => forms.formUrl(name)).toThrow('The name of a form');
  });
});

describe('a fault that hides the form', () => {
  it.each<[Fault, number, string, string | null]>([
    ['error-500', 500, '<h1>Internal Server Error</h1>', null],
    ['bad-gateway-502', 502, '<h1>Bad Gateway</h1>', null],
    ['unavailable-503', 503, '<h1>Service Unavailable</h1>', null],
    [{ busy: 'unavailable-503', retryAfter: 120 }, 503, '<h1>Service Unavailable</h1>', '120'],
    [
      { busy: 'unavailable-503', retryAfter: noon },
      503,
      '<h1>Service Unavailable</h1>',
      'Mon, 23 Nov 2026 12:00:00 GMT',
    ],
    ['rate-limited-429', 429, '{"err":1}', null],
    [{ busy: 'rate-limited-429', retryAfter: 7 }, 429, '{"err":1}', '7'],
    ['html-200', 200, '<h1>Maintenance</h1>', null],
    ['err-1', 200, '{"err":1}', null],
    ['empty-204', 204, '', null],
  ])('%j', async (fault, status, body, retryAfter) => {
    const forms = await start();
    forms.behave('14', fault);
    const answer = await tell(forms);
    expect([answer.status, await answer.text()]).toEqual([status, body]);
    expect(answer.headers.get('retry-after')).toBe(retryAfter);
    expect(forms.heard('14').map(({ verdict }) => verdict)).toEqual([{ status, reason: 'fault' }]);
    forms.behave('14', 'none');
    expect((await tell(forms)).status).toBe(200);
  });

  it('huge: a success of several megabytes', async () => {
    const forms = await start();
    forms.behave('14', 'huge');
    const answer = await tell(forms);
    expect(answer.headers.get('content-length')).toBeNull();
    const body = await answer.text();
    expect(body.length).toBeGreaterThan(8_000_000);
    expect(JSON.parse(body)).toMatchObject(success);
    expect(forms.accepted('14')).toEqual([]);
  });

  it('huge: lives on when the client stops reading', async () => {
    const forms = await start();
    forms.behave('14', ['huge']);
    await (await tell(forms)).body?.cancel();
    expect((await tell(forms)).status).toBe(200);
  });

  it('silence: reads the call and never answers', async () => {
    const forms = await start();
    forms.behave('14', 'silence');
    await expect(tell(forms, { signal: AbortSignal.timeout(2_000) })).rejects.toThrow('timeout');
    expect(forms.heard('14')).toMatchObject([
      { body: { result: 'ok' }, verdict: { status: undefined, reason: 'fault' } },
    ]);
  });

  it('reset-before: breaks the connection', async () => {
    const forms = await start();
    forms.behave('14', ['reset-before']);
    await expect(tell(forms)).rejects.toThrow('fetch failed');
    expect(forms.heard('14')).toMatchObject([{ body: undefined, verdict: { status: undefined, reason: 'fault' } }]);
    expect((await tell(forms)).status).toBe(200);
  });

  it('redirect: to its own page, where those who follow are counted', async () => {
    const forms = await start();
    forms.behave('14', 'redirect');
    const answer = await tell(forms);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/demarche/14/?redirected']);
    expect(forms.followedRedirects('14')).toBe(0);
    expect((await tell(forms, { redirect: 'follow' })).status).toBe(200);
    await fetch(forms.formUrl('14'));
    expect(forms.followedRedirects('14')).toBe(1);
    expect(forms.accepted('14')).toEqual([]);
  });

  it('redirectTo: to an address', async () => {
    const forms = await start();
    forms.behave('14', { redirectTo: 'http://127.0.0.1:9/' });
    const answer = await tell(forms);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://127.0.0.1:9/']);
  });
});

describe('a fault after which the form has heard', () => {
  it('reset-after: breaks the connection instead of answering', async () => {
    const forms = await start();
    forms.behave('14', ['reset-after']);
    await expect(tell(forms)).rejects.toThrow('fetch failed');
    expect(forms.accepted('14').map(({ verdict }) => verdict)).toEqual([{ status: undefined, reason: 'accepted' }]);
    expect((await tell(forms)).status).toBe(404);
  });

  it('half-answer: breaks the connection in the middle of the answer', async () => {
    const forms = await start();
    forms.behave('14', 'half-answer');
    const answer = await tell(forms);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
    expect(forms.accepted('14')).toHaveLength(1);
  });

  it('wrong-content-type: says that its JSON is text', async () => {
    const forms = await start();
    forms.behave('14', 'wrong-content-type');
    const answer = await tell(forms);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain']);
    expect(await answer.json()).toEqual(success);
    expect(forms.accepted('14')).toHaveLength(1);
  });

  it('slowMs: answers late what it has heard at once', async () => {
    const forms = await start();
    forms.behave('14', { slowMs: 150 });
    const startMs = performance.now();
    expect((await tell(forms)).status).toBe(200);
    expect(performance.now() - startMs).toBeGreaterThan(140);
    forms.behave('15', { slowMs: 60_000 });
    await expect(tell(forms, { name: '15', signal: AbortSignal.timeout(2_000) })).rejects.toThrow('timeout');
    expect(forms.accepted('15')).toHaveLength(1);
  });

  it.each<[Fault, number, string]>([
    ['err-text', 200, '{"err":"0"}'],
    ['err-null', 200, '{"err":null}'],
    ['list-after', 200, '[]'],
    ['err-1-after', 200, '{"err":1}'],
    ['empty-204-after', 204, ''],
    ['html-after', 200, '<h1>Connexion</h1>'],
    ['redirect-after', 302, ''],
    ['error-500-after', 500, '<h1>Internal Server Error</h1>'],
    ['unavailable-503-after', 503, '<h1>Backend fetch failed</h1>'],
  ])('%s: answers so, and knows nothing of the trigger afterwards', async (fault, status, body) => {
    const forms = await start();
    forms.behave('14', [fault]);
    const answer = await tell(forms);
    expect([answer.status, await answer.text()]).toEqual([status, body]);
    expect(forms.accepted('14').map(({ verdict }) => verdict)).toEqual([{ status, reason: 'accepted' }]);
    expect((await tell(forms)).status).toBe(404);
  });

  it('gzip-after: compresses its success, whatever is asked for', async () => {
    const forms = await start();
    forms.behave('14', ['gzip-after']);
    const { port } = new URL(forms.url);
    const options = { port, method: 'POST', path: `/demarche/14/jump/trigger/paid?${signed()}` };
    const request = httpRequest({ ...options, headers: { 'accept-encoding': 'identity' } }).end('{}');
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(await buffer(answer)).toString()).toBe('{"err":0,"url":null}');
    expect(forms.accepted('14')).toHaveLength(1);
  });

  it.each<[Fault | undefined, boolean]>([
    ['reset-after', true],
    ['half-answer', true],
    ['list-after', true],
    ['unavailable-503-after', true],
    ['err-text', false],
    ['err-null', false],
    ['wrong-content-type', false],
    ['html-200', false],
    [{ slowMs: 10 }, false],
    ['none', false],
    [undefined, false],
  ])('%j: its answer is lost, or not', (fault, expected) => {
    expect(isAnswerLost(fault)).toBe(expected);
  });

  it('refuses as usual what it would not have heard, with an odd answer in store', async () => {
    const forms = await start();
    forms.behave('14', 'list-after');
    expect((await tell(forms, { query: signed({ key: 'k2' }) })).status).toBe(403);
    expect(reasonsOf(forms)).toEqual(['bad-signature']);
  });

  it('refuses as usual what it would not have heard', async () => {
    const forms = await start();
    forms.behave('14', 'reset-after');
    await expect(tell(forms, { query: signed({ key: 'k2' }) })).rejects.toThrow('fetch failed');
    expect(reasonsOf(forms)).toEqual(['bad-signature']);
  });
});

describe('behave', () => {
  const statusesOf = async (forms: FormServer, names: readonly string[]) => {
    const statuses: number[] = [];
    for (const name of names) statuses.push((await tell(forms, { name })).status);
    return statuses;
  };

  it('takes a list one by one, and then nothing goes wrong', async () => {
    const forms = await start();
    forms.behave('14', ['error-500', 'none', 'bad-gateway-502']);
    expect(await statusesOf(forms, ['14', '14', '14', '14'])).toEqual([500, 200, 502, 404]);
  });

  it('is for one form, or with * for those without a fault of their own', async () => {
    const forms = await start();
    forms.behave('*', 'error-500');
    forms.behave('14', ['bad-gateway-502']);
    expect(await statusesOf(forms, ['14', '14', '15'])).toEqual([502, 500, 500]);
    forms.behave('*', 'none');
    expect(await statusesOf(forms, ['14', '15'])).toEqual([200, 200]);
  });

  it('changes nothing for the pages', async () => {
    const forms = await start();
    forms.behave('*', ['error-500']);
    expect((await fetch(forms.formUrl('14'))).status).toBe(200);
    expect(await statusesOf(forms, ['14'])).toEqual([500]);
  });
});

describe('goDown and comeUp', () => {
  it('refuses connections, then is back at the same address with all it knew', async () => {
    const forms = await start();
    await tell(forms);
    await forms.goDown();
    await expect(tell(forms)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await forms.comeUp();
    expect((await tell(forms)).status).toBe(404);
    expect(forms.accepted('14')).toHaveLength(1);
  });

  it('may be stopped while it is down, and takes the port that it is given', async () => {
    const first = await start();
    await first.goDown();
    await first.stop();
    const second = await start({ port: Number(new URL(first.url).port) });
    expect(second.url).toBe(first.url);
  });
});

describe('the pages', () => {
  it('list the forms with what they were told', async () => {
    const forms = await start();
    expect(await (await fetch(forms.url)).text()).toContain('Aucune démarche');
    await tell(forms, { query: signed({ key: 'k2' }) });
    await tell(forms);
    const page = await (await fetch(forms.url)).text();
    expect(page).toContain('<a href="/demarche/14/">Démarche n° 14</a>');
    expect(page).toContain('<strong>Payée</strong>');
    expect(page).toContain('23/11/2026 13:00:00 : paid refusé : signature fausse (403), transaction T1');
    expect(page).toContain('23/11/2026 13:00:00 : paid pris en compte (200), transaction T1');
  });

  it('show one form, its history and its data, with the bodies merged, and run nothing that they hold', async () => {
    const forms = await start();
    const empty = await fetch(forms.formUrl('14'));
    expect(empty.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(empty.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await empty.text()).toContain('En attente du paiement');
    await tell(forms, { body: '{"transaction_id":"<script>","bank_data":{"a":"\\"<b>"},"<i>":"x","__proto__":"y"}' });
    const page = await (await fetch(forms.formUrl('14'))).text();
    expect(page).toContain('<h1>Démarche n° 14</h1>');
    expect(page).toContain('transaction &lt;script&gt;');
    expect(page).toContain('<dt>bank_data</dt><dd>{&quot;a&quot;:&quot;\\&quot;&lt;b&gt;&quot;}</dd>');
    expect(page).toContain('<dt>&lt;i&gt;</dt><dd>x</dd>');
    expect(page).not.toMatch(/<(script|b|i)>/);
  });

  it.each([['["T1"]'], ['"T1"'], ['not JSON'], ['']])('show no data for the body %s', async (body) => {
    const forms = await start();
    expect((await tell(forms, { body })).status).toBe(200);
    expect(await (await fetch(forms.formUrl('14'))).text()).toContain('<p>Aucune.</p>');
  });

  it.each([
    ['GET', '/favicon.ico', 404],
    ['GET', '/demarche/14', 404],
    ['GET', '/demarche/%FF/', 404],
    ['POST', '/demarche/14/', 405],
    ['POST', '/', 405],
    ['HEAD', '/demarche/14/', 200],
  ])('%s %s is %d', async (method, path, status) => {
    const forms = await start();
    expect((await fetch(`${forms.url}${path}`, { method })).status).toBe(status);
  });
});
