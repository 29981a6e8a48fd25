import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { Result } from './payment.ts';
import { type PayfipServer, type PayfipServerOptions, startPayfipServer } from './server.ts';

const noon = new Date('2026-11-23T12:00:00Z');
const namespace =
  'http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService';
const soap = 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"';
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

const order = {
  exer: '2026',
  mel: 'gerard.lambert@rungis.fr',
  montant: '1250',
  numcli: '090909',
  objet: 'Cantine 2026',
  refdet: 'item0000000000000000000001',
  saisie: 'T',
  urlnotif: 'http://127.0.0.1:9/notification',
  urlredirect: 'http://127.0.0.1:9/return?item=1&attempt=2',
};

let stops: (() => Promise<void>)[] = [];
let time = noon;

afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
  time = noon;
});

async function start(options: Partial<PayfipServerOptions> = {}): Promise<PayfipServer> {
  const server = await startPayfipServer({ numcli: '090909', now: () => time, ...options });
  stops.push(server.stop);
  return server;
}

/** Our side's address: keeps what is posted to it. */
async function startShop(status = 200) {
  const heard: { readonly body: string; readonly contentType: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    heard.push({ body: await text(request), contentType: request.headers['content-type'] });
    response.writeHead(status, { location: '/elsewhere' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, heard };
}

function childrenOf(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>`)
    .join('');
}

/** A call with `inner` in its `arg0`. */
function envelopeOf(operation: string, inner: string): string {
  const call = `<m:${operation} xmlns:m="${namespace}"><arg0>${inner}</arg0></m:${operation}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope ${soap}><soapenv:Body>${call}</soapenv:Body></soapenv:Envelope>`;
}

async function post(server: PayfipServer, body: string, init: RequestInit = {}) {
  const answer = await fetch(server.soapUrl, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body,
    ...init,
  });
  return { status: answer.status, contentType: answer.headers.get('content-type'), xml: await answer.text() };
}

const call = (server: PayfipServer, operation: string, fields: Readonly<Record<string, string>>) =>
  post(server, envelopeOf(operation, childrenOf(fields)));

/** The text of each element that holds text only, by its name without prefix. */
function textsOf(xml: string): Record<string, string> {
  const matches = xml.matchAll(/<(?:\w+:)?(\w+)(?: [^>]*)?>([^<]*)<\//g);
  return Object.fromEntries(Array.from(matches, ([, name = '', value = '']) => [name, value]));
}

async function create(server: PayfipServer, changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const { xml } = await call(server, 'creerPaiementSecurise', { ...order, ...changes });
  return textsOf(xml)['idOp'] ?? '';
}

const ask = (server: PayfipServer, idOp: string) => call(server, 'recupererDetailPaiementSecurise', { idOp });

const codeOf = async (answering: ReturnType<typeof post>) => textsOf((await answering).xml)['code'];

const open = (server: PayfipServer, idop: string) => fetch(`${server.pageUrl}?idop=${idop}`);

const press = (server: PayfipServer, idop: string, resultrans: string) =>
  fetch(server.pageUrl, { method: 'POST', body: new URLSearchParams({ idop, resultrans }), redirect: 'manual' });

/** An order that was opened and decided. */
async function decide(server: PayfipServer, result: Result, changes: Readonly<Record<string, string>> = {}) {
  const idop = await create(server, changes);
  await open(server, idop);
  return { idop, answer: await press(server, idop, result) };
}

describe('creerPaiementSecurise', () => {
  it('answers an idOp, in the envelope of the real one, and keeps the order', async () => {
    const server = await start();
    const { status, contentType, xml } = await call(server, 'creerPaiementSecurise', order);
    const [payment] = server.payments();
    expect([status, contentType]).toEqual([200, 'text/xml;charset=UTF-8']);
    expect(payment).toEqual({ idop: expect.stringMatching(uuid), order, createdAt: noon, isPurged: false });
    expect(xml).toBe(
      `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><ns2:creerPaiementSecuriseResponse xmlns:ns2="${namespace}"><return><idOp>${payment?.idop}</idOp></return></ns2:creerPaiementSecuriseResponse></soap:Body></soap:Envelope>`,
    );
  });

  it.each([
    ['numcli', '09090', 'T1'],
    ['numcli', '090908', 'T2'],
    ['refdet', 'ABCDE', 'R3'],
    ['refdet', '2026-001', 'R3'],
    ['refdet', 'a'.repeat(31), 'R3'],
    ['montant', '12.50', 'M1'],
    ['montant', '', 'M1'],
    ['montant', '99', 'M3'],
    ['montant', '00', 'M3'],
    ['montant', '10000000', 'M5'],
    ['mel', '', 'A1'],
    ['mel', 'a@b.f', 'A2'],
    ['mel', 'john.doeexample.com', 'A2'],
    ['mel', `${'a'.repeat(80)}@b`, 'A2'],
    ['objet', "l'école", 'O1'],
    ['objet', 'a'.repeat(101), 'O1'],
    ['saisie', 'A', 'S1'],
    ['urlnotif', 'ftp://example.fr/', 'N1'],
    ['urlnotif', `https://example.fr/${'a'.repeat(232)}`, 'N1'],
    ['urlredirect', '/return', 'D1'],
    ['exer', '26', 'E1'],
  ])('refuses the %s "%s": %s', async (name, value, code) => {
    const server = await start();
    expect(await codeOf(call(server, 'creerPaiementSecurise', { ...order, [name]: value }))).toBe(code);
    expect(server.payments()).toEqual([]);
  });

  it.each([
    ['refdet', 'ABCDEF'],
    ['refdet', 'a'.repeat(30)],
    ['montant', '100'],
    ['montant', '9999999'],
    ['mel', 'a@b.fr'],
    ['objet', ''],
    ['objet', 'a'.repeat(100)],
    ['saisie', 'X'],
    ['saisie', 'W'],
    ['urlnotif', `https://example.fr/${'a'.repeat(231)}`],
  ])('takes the %s "%s"', async (name, value) => {
    expect(await create(await start(), { [name]: value })).toMatch(uuid);
  });

  it('needs every field but objet', async () => {
    const server = await start();
    const codes: (string | undefined)[] = [];
    for (const absent of Object.keys(order)) {
      const rest = Object.fromEntries(Object.entries(order).filter(([name]) => name !== absent));
      codes.push(await codeOf(call(server, 'creerPaiementSecurise', rest)));
    }
    expect(codes).toEqual(['E1', 'A1', 'M1', 'T1', undefined, 'R3', 'S1', 'N1', 'D1']);
  });
});

describe('the envelope', () => {
  const good = envelopeOf('creerPaiementSecurise', childrenOf(order));

  it.each([
    ['a raw ampersand', good.replace('&amp;', '&')],
    ['a cut text', good.slice(0, -30)],
    ['no XML', 'idop=1'],
    ['nothing', ''],
    ['a document type', good.replace('?>', '?><!DOCTYPE a>')],
    ['SOAP 1.2', good.replace('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope')],
    ['another method namespace', good.replace(namespace, `${namespace}/`)],
    ['an undeclared prefix', good.replace(/ xmlns:m="[^"]*"/, '')],
    ['an arg0 in the namespace of the method', good.replaceAll('arg0>', 'm:arg0>')],
    ['an arg0 in a default namespace', good.replaceAll('m:creer', 'creer').replace('xmlns:m=', 'xmlns=')],
    ['an unknown operation', good.replaceAll('creerPaiementSecurise', 'supprimerPaiement')],
  ])('with %s is a technical fault', async (_, body) => {
    const server = await start();
    const { status, xml } = await post(server, body);
    expect(status).toBe(500);
    expect(textsOf(xml)['faultstring']).toBe('fr.gouv.finances.cp.tpa.webservice.exceptions.TechProtocolaireErreur');
    expect(server.payments()).toEqual([]);
  });

  it('does not see children that are in a namespace', async () => {
    const body = good.replace('<arg0>', '<arg0 xmlns:q="urn:q">').replaceAll('refdet>', 'q:refdet>');
    expect(await codeOf(post(await start(), body))).toBe('R3');
  });

  it('may have other prefixes, comments and white space', async () => {
    const body = good.replaceAll('soapenv', 's').replace('<arg0>', '\n<!-- order -->\n<arg0 >\n  ');
    expect(textsOf((await post(await start(), body)).xml)['idOp']).toMatch(uuid);
  });

  it('is sent as text/xml, by POST', async () => {
    const server = await start();
    expect((await post(server, good, { headers: { 'content-type': 'application/soap+xml' } })).status).toBe(415);
    expect((await fetch(server.soapUrl)).status).toBe(405);
    expect((await fetch(server.pageUrl, { method: 'HEAD' })).status).toBe(405);
    expect((await fetch(`${server.url}/tpa`)).status).toBe(404);
  });
});

describe('recupererDetailPaiementSecurise', () => {
  it('knows no result before the citizen has chosen', async () => {
    const server = await start();
    const idop = await create(server);
    expect(await codeOf(ask(server, idop))).toBe('P5');
    await open(server, idop);
    expect(await codeOf(ask(server, idop))).toBe('P5');
  });

  it('is a functional fault in the words of the real one', async () => {
    const { status, contentType, xml } = await ask(await start(), 'cc0cb210-1cd4-11ea-8cca-0213ad91a103');
    expect([status, contentType]).toEqual([500, 'text/xml;charset=UTF-8']);
    expect(textsOf(xml)).toEqual({
      faultcode: 'soap:Server',
      faultstring: 'fr.gouv.finances.cp.tpa.webservice.exceptions.FonctionnelleErreur',
      code: 'P1',
      libelle: 'IdOp inconnu',
      severite: '2',
    });
    expect(xml).toMatch(/<detail><ns1:FonctionnelleErreur [^>]*><code>P1<.*<descriptif\/>.*<\/detail>/);
  });

  it('tells all of it, in the time of Paris', async () => {
    const server = await start();
    time = new Date('2026-07-31T22:05:59Z');
    const { idop } = await decide(server, 'P');
    const { urlnotif, urlredirect, ...told } = order;
    const { status, xml } = await ask(server, idop);
    expect(status).toBe(200);
    expect(textsOf(xml)).toEqual({
      ...told,
      idOp: idop,
      resultrans: 'P',
      numauto: '112233',
      dattrans: '01082026',
      heurtrans: '0005',
    });
    expect(await ask(server, idop)).toEqual({ status, contentType: 'text/xml;charset=UTF-8', xml });
  });

  it.each([
    ['P', '112233'],
    ['V', '112233'],
    ['R', undefined],
    ['Z', undefined],
    ['A', undefined],
  ] as const)('tells the result %s, with the authorisation %s', async (result, numauto) => {
    const server = await start();
    const { idop } = await decide(server, result);
    const { resultrans, ...others } = textsOf((await ask(server, idop)).xml);
    expect([resultrans, others['numauto']]).toEqual([result, numauto]);
  });

  it('is not understood with a small o', async () => {
    const server = await start();
    const { idop } = await decide(server, 'P');
    expect(await codeOf(call(server, 'recupererDetailPaiementSecurise', { idop }))).toBe('P1');
    expect(await codeOf(ask(server, idop))).toBeUndefined();
  });

  it('forgets at night what has no result', async () => {
    const server = await start();
    const { idop: paid } = await decide(server, 'P');
    const { idop: abandoned } = await decide(server, 'A');
    const waiting = await create(server);
    server.purge();
    expect(await codeOf(ask(server, waiting))).toBe('P1');
    expect(await codeOf(ask(server, paid))).toBeUndefined();
    expect(await codeOf(ask(server, abandoned))).toBeUndefined();
    expect(await (await open(server, waiting)).text()).toContain('P1');
    expect(server.payments().map(({ isPurged }) => isPurged)).toEqual([false, false, true]);
  });
});

describe('recupererDetailClient', () => {
  it('tells the names of the client, and of no other', async () => {
    const server = await start({ names: ['Ville de Rungis', 'Régie "A & B"'] });
    const { xml } = await call(server, 'recupererDetailClient', { numCli: '090909' });
    expect(textsOf(xml)).toEqual({
      libelleN1: 'Ville de Rungis',
      libelleN2: 'Régie &quot;A &amp; B&quot;',
      libelleN3: '',
      numcli: '090909',
    });
    expect(await codeOf(call(server, 'recupererDetailClient', { numCli: '090908' }))).toBe('T2');
    expect(await codeOf(call(server, 'recupererDetailClient', { numcli: '090909' }))).toBe('T1');
  });
});

describe('the payment page', () => {
  it('shows the payment and its buttons, plainly no real one', async () => {
    const server = await start();
    const idop = await create(server);
    const answer = await open(server, idop);
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('Simulateur PayFiP');
    expect(page).toMatch(/12,50\s€/);
    expect(page).toContain('<dd>item0000000000000000000001</dd>');
    expect(page).toContain('<dd>test</dd>');
    expect(page).toContain(`name="idop" value="${idop}"`);
    expect(Array.from(page.matchAll(/name="resultrans" value="(.)"/g), ([, value]) => value)).toEqual([
      'P',
      'V',
      'R',
      'Z',
      'A',
    ]);
  });

  it('opens once: a reload is too much', async () => {
    const server = await start();
    const idop = await create(server);
    expect((await open(server, idop)).status).toBe(200);
    const again = await open(server, idop);
    expect([again.status, await again.text()]).toEqual([403, expect.stringContaining('P3')]);
  });

  it.each([
    ['2026-11-23T12:15:00Z', 200],
    ['2026-11-23T12:15:00.001Z', 403],
  ])('opens during 15 minutes: at %s, %d', async (at, status) => {
    const server = await start();
    const idop = await create(server);
    time = new Date(at);
    const answer = await open(server, idop);
    expect(answer.status).toBe(status);
    expect((await answer.text()).includes('P4')).toBe(status === 403);
  });

  it.each(['', '?idop=', '?idOp=1'])('does not know "%s"', async (query) => {
    const server = await start();
    const answer = await fetch(`${server.pageUrl}${query}`);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('P1')]);
  });
});

describe('a press', () => {
  it('notifies by a form with a small idop, and sends the citizen back', async () => {
    const server = await start();
    const shop = await startShop();
    const { idop, answer } = await decide(server, 'P', { urlnotif: shop.url });
    expect(shop.heard).toEqual([
      { body: `idop=${idop}`, contentType: 'application/x-www-form-urlencoded;charset=UTF-8' },
    ]);
    expect(server.notifications()).toEqual([{ idop, url: shop.url, status: 200 }]);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `http://127.0.0.1:9/return?item=1&attempt=2&idop=${idop}`,
    ]);
  });

  it('sends the citizen back when nobody takes the notification, or when it is redirected', async () => {
    const server = await start();
    const shop = await startShop(302);
    const nobody = await decide(server, 'P');
    const redirected = await decide(server, 'P', { urlnotif: shop.url, urlredirect: 'http://127.0.0.1:9/return' });
    expect(nobody.answer.status).toBe(303);
    expect(redirected.answer.headers.get('location')).toBe(`http://127.0.0.1:9/return?idop=${redirected.idop}`);
    expect(server.notifications().map(({ status }) => status)).toEqual([undefined, 302]);
    expect(shop.heard).toHaveLength(1);
  });

  it.each(['R', 'A'] as const)('%s may be followed by another, for 20 minutes', async (first) => {
    const server = await start();
    const { idop } = await decide(server, first);
    time = new Date('2026-11-23T12:20:00Z');
    expect((await press(server, idop, 'R')).status).toBe(303);
    time = new Date('2026-11-23T12:20:00.001Z');
    expect((await press(server, idop, 'P')).status).toBe(403);
    time = new Date('2026-11-23T12:10:00Z');
    expect((await press(server, idop, 'P')).status).toBe(303);
    expect(server.payments()[0]?.decision).toEqual({ result: 'P', at: time });
    expect(server.notifications()).toHaveLength(3);
  });

  it.each(['P', 'V', 'Z'] as const)('%s is the last', async (first) => {
    const server = await start();
    const { idop } = await decide(server, first);
    const again = await press(server, idop, 'A');
    expect([again.status, await again.text()]).toEqual([403, expect.stringContaining('P3')]);
    expect(server.payments()[0]?.decision?.result).toBe(first);
  });

  it('comes from an opened page, with a result of the page', async () => {
    const server = await start();
    const idop = await create(server);
    expect((await press(server, idop, 'P')).status).toBe(403);
    await open(server, idop);
    for (const strange of ['', 'p', 'X', 'PP']) expect((await press(server, idop, strange)).status).toBe(403);
    expect((await press(server, 'unknown', 'P')).status).toBe(403);
    expect(server.payments()[0]?.decision).toBeUndefined();
  });

  it('may send the citizen back with a capital O, or by POST', async () => {
    const server = await start();
    server.behave({ back: { name: 'idOp' } });
    const byGet = await decide(server, 'P');
    expect(byGet.answer.headers.get('location')).toMatch(new RegExp(`&idOp=${byGet.idop}$`));
    server.behave({ back: { method: 'POST' } });
    const byPost = await decide(server, 'P');
    const page = await byPost.answer.text();
    expect(byPost.answer.status).toBe(200);
    expect(page).toContain('method="post" action="http://127.0.0.1:9/return?item=1&amp;attempt=2"');
    expect(page).toContain(`name="idop" value="${byPost.idop}"`);
  });
});

describe('the faults of notifications', () => {
  it.each([
    ['lost', 0, [undefined]],
    ['doubled', 2, [200, 200]],
    ['late', 0, []],
  ] as const)('%s: %d heard at once', async (notification, heard, statuses) => {
    const server = await start();
    const shop = await startShop();
    server.behave({ notification });
    await decide(server, 'P', { urlnotif: shop.url });
    expect(shop.heard).toHaveLength(heard);
    expect(server.notifications().map(({ status }) => status)).toEqual(statuses);
  });

  it('late: comes with flush, once', async () => {
    const server = await start();
    const shop = await startShop();
    server.behave({ notification: ['late'] });
    const { idop } = await decide(server, 'P', { urlnotif: shop.url });
    await server.flush();
    await server.flush();
    expect(shop.heard.map(({ body }) => body)).toEqual([`idop=${idop}`]);
  });

  it('are for one each when they are a list', async () => {
    const server = await start();
    const shop = await startShop();
    server.behave({ notification: ['lost', 'none'] });
    await decide(server, 'R', { urlnotif: shop.url });
    await decide(server, 'P', { urlnotif: shop.url });
    await decide(server, 'P', { urlnotif: shop.url });
    expect(server.notifications().map(({ status }) => status)).toEqual([undefined, 200, 200]);
  });

  it('do not hold what is sent by hand, of a payment that is known', async () => {
    const server = await start();
    const shop = await startShop(500);
    server.behave({ notification: 'lost' });
    const idop = await create(server, { urlnotif: shop.url });
    expect(await server.notify(idop)).toEqual({ idop, url: shop.url, status: 500 });
    expect(shop.heard).toHaveLength(1);
    await expect(server.notify('unknown')).rejects.toThrow('IdOp inconnu');
  });
});

describe('the faults of the web service', () => {
  it.each([['TechDysfonctionnementErreur'], ['TechIndisponibiliteErreur'], ['TechProtocolaireErreur']] as const)(
    '%s, and nothing is done',
    async (fault) => {
      const server = await start();
      server.behave({ soap: fault });
      const { status, xml } = await call(server, 'creerPaiementSecurise', order);
      expect(status).toBe(500);
      expect(textsOf(xml)['faultstring']).toBe(`fr.gouv.finances.cp.tpa.webservice.exceptions.${fault}`);
      expect(xml).toContain(`<ns1:${fault} `);
      expect(server.payments()).toEqual([]);
    },
  );

  it('any functional fault, bad-gateway-502: nothing is done', async () => {
    const server = await start();
    server.behave({ soap: [{ code: 'T4' }, 'bad-gateway-502'] });
    expect(await codeOf(call(server, 'creerPaiementSecurise', order))).toBe('T4');
    expect((await call(server, 'creerPaiementSecurise', order)).status).toBe(502);
    expect(server.payments()).toEqual([]);
    expect(await create(server)).toMatch(uuid);
  });

  it('silence: never answers, and nothing is done', async () => {
    const server = await start();
    server.behave({ soap: 'silence' });
    const body = envelopeOf('creerPaiementSecurise', childrenOf(order));
    await expect(post(server, body, { signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout');
    expect(server.payments()).toEqual([]);
  });

  it('reset-after: creates, and breaks the connection', async () => {
    const server = await start();
    server.behave({ soap: ['reset-after'] });
    await expect(call(server, 'creerPaiementSecurise', order)).rejects.toThrow('fetch failed');
    expect(server.payments()).toHaveLength(1);
  });

  it('truncated: creates, and answers half of the XML', async () => {
    const server = await start();
    server.behave({ soap: 'truncated' });
    const { status, xml } = await call(server, 'creerPaiementSecurise', order);
    expect(status).toBe(200);
    expect(xml).toMatch(/^<soap:Envelope /);
    expect(xml).not.toContain('</soap:Envelope>');
    expect(server.payments()).toHaveLength(1);
  });

  it('slowMs: creates, and answers late', async () => {
    const server = await start();
    server.behave({ soap: { slowMs: 150 } });
    const startMs = performance.now();
    expect(await create(server)).toMatch(uuid);
    expect(performance.now() - startMs).toBeGreaterThan(140);
  });

  it('may answer in the namespace of answers', async () => {
    const server = await start();
    server.behave({ isQualified: true });
    const { xml } = await call(server, 'creerPaiementSecurise', order);
    expect(xml).toMatch(
      /<return><rep:idOp xmlns:rep="http:\/\/securite\.service\.tpa\.cp\.finances\.gouv\.fr\/reponse">[\da-f-]{36}<\/rep:idOp><\/return>/,
    );
  });

  it('may lie about a payment', async () => {
    const server = await start();
    const { idop } = await decide(server, 'P');
    server.behave({ detail: { montant: '1', resultrans: 'Q' } });
    expect(textsOf((await ask(server, idop)).xml)).toMatchObject({ montant: '1', resultrans: 'Q', idOp: idop });
    server.behave({});
    expect(textsOf((await ask(server, idop)).xml)).toMatchObject({ montant: '1250', resultrans: 'P' });
  });
});
