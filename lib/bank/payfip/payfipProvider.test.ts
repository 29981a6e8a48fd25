import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payfipClientCheck, payfipProvider } from './payfipProvider.ts';

/** A bank that answers what it is told to, and keeps what it was sent. */
let server: Server;
let url: string;
let scripted: { status: number; text: string };
let received: { contentType: string | undefined; action: unknown; body: string }[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { headers } = request;
    const body = await readText(request);
    received.push({ contentType: headers['content-type'], action: headers['soapaction'], body });
    response.writeHead(scripted.status, { 'content-type': 'text/xml;charset=UTF-8' }).end(scripted.text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tpa/services/securite`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const order = {
  reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
  amountCents: 1005,
  currency: 'EUR',
  label: 'Cantine & garderie',
  email: `o'neil+<a>"b"\u0007@rungis.fr`,
  captureDelayDays: 0,
  returnUrl: 'https://paiement.example.org/retour?a=1&b=2',
  notificationUrl: 'https://paiement.example.org/notification',
  language: 'fr',
} as const;

const idop = 'cc0cb210-1cd4-11ea-8cca-0213ad91a103';

const asked = {
  reference: order.reference,
  amountCents: 1005,
  currency: 'EUR',
  createdAt: '2026-11-24T12:00:00.000Z',
  bankReference: idop,
} as const;

function adapter({ now = '2026-11-24T12:05:00.000Z', address = url } = {}) {
  const pageUrl = 'https://www.payfip.gouv.fr/tpa/paiementws.web';
  return payfipProvider({ numcli: '090909', mode: 'test', url: address, pageUrl }, { now: () => new Date(now) });
}

function answer(status: number, text: string): void {
  scripted = { status, text };
  received = [];
}

function envelope(content: string): string {
  return `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${content}</S:Body></S:Envelope>`;
}

function fault(name: string, code: string): string {
  return envelope(
    '<S:Fault xmlns:ns4="http://www.w3.org/2003/05/soap-envelope"><faultcode>S:Server</faultcode>' +
      `<faultstring>fr.gouv.finances.cp.tpa.webservice.exceptions.${name}</faultstring>` +
      `<detail><ns2:${name} xmlns:ns2="http://securite.service.tpa.cp.finances.gouv.fr/reponse">` +
      `<code>${code}</code><descriptif/><libelle>gerard.lambert@rungis.fr</libelle><severite>2</severite>` +
      `</ns2:${name}></detail></S:Fault>`,
  );
}

const opening = envelope(
  '<ns2:creerPaiementSecuriseResponse xmlns:ns2="http://example.org/service"><return>' +
    `<idOp>${idop}</idOp></return></ns2:creerPaiementSecuriseResponse>`,
);

const detail = envelope(
  '<ns2:recupererDetailPaiementSecuriseResponse xmlns:ns2="http://example.org/service"><return>' +
    '<dattrans>24112026</dattrans><exer>2026</exer><heurtrans>1305</heurtrans>' +
    `<idOp>${idop}</idOp><mel>gerard.lambert@rungis.fr</mel><montant>1005</montant>` +
    '<numauto>112233445566-tip</numauto><numcli>090909</numcli><objet>Cantine</objet>' +
    '<refdet>7zzzzzzzzzzzzzzzzzzzzzzzzz01</refdet><resultrans>P</resultrans><saisie>T</saisie>' +
    '</return></ns2:recupererDetailPaiementSecuriseResponse>',
);

const client = envelope(
  '<ns2:recupererDetailClientResponse xmlns:ns2="http://example.org/service"><return>' +
    '<libelleN1>COMMUNE DE RUNGIS</libelleN1><libelleN2>R&#233;gie cantine</libelleN2><libelleN3/>' +
    '<numcli>090909</numcli></return></ns2:recupererDetailClientResponse>',
);

const strange: [string, number, string][] = [
  ['is nothing', 200, ''],
  ['is a page', 200, '<!DOCTYPE html><html><body>Maintenance</body></html>'],
  ['is JSON', 200, '{"idOp":"cc0cb210-1cd4-11ea-8cca-0213ad91a103"}'],
  ['redirects', 302, ''],
  ['is a page that nobody may see', 403, '<html></html>'],
  ['is a failure of a relay', 502, opening],
  ['is a failure without a fault', 500, 'Internal Server Error'],
  ['is a good one with the status of a failure', 500, opening],
  ['is no envelope', 200, '<Body><creerPaiementSecuriseResponse/></Body>'],
  ['has no body', 200, '<Envelope><Header/></Envelope>'],
  ['has two bodies', 200, '<Envelope><Body/><Body/></Envelope>'],
  ['is of another operation', 200, client],
  ['returns nothing', 200, envelope('<creerPaiementSecuriseResponse/>')],
  ['is cut', 200, opening.slice(0, -20)],
  ['has a document type', 200, `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${opening}`],
  ['is of 1 MB', 200, opening.replace('<return>', `<return><a>${'a'.repeat(1_000_000)}</a>`)],
  ['is nested without end', 200, envelope('<a>'.repeat(20_000))],
  ['is a fault that nobody knows', 500, fault('AutreErreur', 'Z1')],
  ['is a fault without details', 500, envelope('<S:Fault><faultstring>erreur</faultstring></S:Fault>')],
  ['is a dysfunction', 500, fault('TechDysfonctionnementErreur', 'D0')],
];

describe('payfipProvider', () => {
  it('says what the account is', () => {
    expect(adapter()).toMatchObject({
      shop: '090909',
      mode: 'test',
      requiresEmail: true,
    });
  });

  it('takes no message for a proof', () => {
    for (const text of ['', `idop=${idop}`, `idOp=${idop}&resultrans=P`, '%FF=%FE', '\0']) {
      expect(adapter().read({ channel: 'return', rawQuery: text, body: '' })).toBeUndefined();
      expect(adapter().read({ channel: 'notification', rawQuery: '', body: text })).toBeUndefined();
    }
  });

  it.each([
    [undefined, 200, 'OK'],
    ['temporarily-unavailable', 503, 'RETRY'],
    ['internal-error', 503, 'RETRY'],
    ['bank-unavailable', 503, 'RETRY'],
    ['bank-outcome-unknown', 503, 'RETRY'],
    ['bank-message-refused', 200, 'REFUSED bank-message-refused'],
    ['bank-rejected', 200, 'REFUSED bank-rejected'],
  ] as const)('answers a notification that ended with %s', (refusal, status, body) => {
    expect(adapter().answer(refusal)).toEqual({ status, contentType: 'text/plain', body });
  });
});

describe('open', () => {
  it('sends the order in an envelope, and the citizen to the page with the idop', async () => {
    answer(200, opening);
    expect(await adapter().open(order)).toEqual({
      redirect: {
        method: 'GET',
        url: 'https://www.payfip.gouv.fr/tpa/paiementws.web?idop=cc0cb210-1cd4-11ea-8cca-0213ad91a103',
      },
      bankReference: 'cc0cb210-1cd4-11ea-8cca-0213ad91a103',
      sessionEndsAt: new Date('2026-11-24T12:20:00.000Z'),
      resumableUntil: new Date('2026-11-24T12:20:00.000Z'),
    });
    expect(received).toEqual([
      {
        contentType: 'text/xml; charset=utf-8',
        action: '""',
        body:
          '<?xml version="1.0" encoding="UTF-8"?>' +
          '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
          '<p:creerPaiementSecurise xmlns:p="http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService">' +
          '<arg0><exer>2026</exer><mel>o&apos;neil+&lt;a&gt;&quot;b&quot;@rungis.fr</mel><montant>1005</montant>' +
          '<numcli>090909</numcli><objet>Cantine garderie</objet><refdet>7zzzzzzzzzzzzzzzzzzzzzzzzz01</refdet>' +
          '<saisie>T</saisie><urlnotif>https://paiement.example.org/notification</urlnotif>' +
          '<urlredirect>https://paiement.example.org/retour?a=1&amp;b=2</urlredirect></arg0>' +
          '</p:creerPaiementSecurise></soap:Body></soap:Envelope>',
      },
    ]);
  });

  it.each([
    ['in other namespaces', opening.replaceAll('S:', 'soapenv:').replaceAll(':S=', ':soapenv=')],
    ['in none', opening.replaceAll('S:', '').replaceAll('ns2:', '')],
    ['with prefixes on the fields', opening.replaceAll('idOp>', 'r:idOp>')],
    ['on several lines', opening.replaceAll('><', '>\r\n  <').replace(idop, `\n  ${idop}\n`)],
    ['in CDATA', opening.replace(idop, `<![CDATA[${idop}]]>`)],
    ['after a header', opening.replace('<S:Body>', '<S:Header><Body/></S:Header><S:Body>')],
  ])('reads an answer %s', async (_, text) => {
    answer(200, text);
    await expect(adapter().open(order)).resolves.toMatchObject({ bankReference: idop });
  });

  it('sends nothing of an order that PayFiP has no way to take', async () => {
    answer(200, opening);
    const { email, ...nobody } = order;
    await expect(adapter().open(nobody)).rejects.toMatchObject({ code: 'bank-rejected' });
    expect(received).toEqual([]);
  });

  it.each([
    ...['A1', 'A2'].map((fault) => [fault, 'bank-refused-email']),
    ...['R3', 'M1', 'M3', 'M5', 'S1', 'T1', 'T2', 'T4', 'T9', 'N1', 'D1', 'P3', 'Z9'].map((fault) => [
      fault,
      'bank-rejected',
    ]),
  ] as const)('takes the fault %s for %s, and keeps nothing of it but the code', async (faultCode = '', code) => {
    answer(500, fault('FonctionnelleErreur', faultCode));
    const error = await adapter()
      .open(order)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, cause: { message: `PayFiP fault ${faultCode}`, code: faultCode } });
  });

  it.each([
    ['gerard.lambert@rungis.fr', true],
    ['a@b.fr', true],
    ['élodie@exemple.fr', false],
    ['elodie@exémple.fr', false],
    ['a@b.f', false],
    [`${'a'.repeat(70)}@exemple.fr`, false],
    ['elodie martin@exemple.fr', false],
  ])('takes the email %s: %s', (email, isTaken) => {
    expect(adapter().takesEmail?.(email)).toBe(isTaken);
  });

  it.each(['', 'gerard.lambert@rungis.fr', 'R3 ou pas'])('keeps nothing of the code %j', async (code) => {
    answer(500, fault('FonctionnelleErreur', code));
    const opened = adapter().open(order);
    await expect(opened).rejects.toMatchObject({ code: 'bank-rejected', cause: { message: 'PayFiP fault unknown' } });
  });

  it('takes a fault for one whatever its status', async () => {
    answer(200, fault('FonctionnelleErreur', 'M3'));
    await expect(adapter().open(order)).rejects.toMatchObject({ code: 'bank-rejected' });
  });

  it.each([
    ['TechIndisponibiliteErreur', 'bank-unavailable'],
    ['TechProtocolaireErreur', 'bank-rejected'],
    ['TechDysfonctionnementErreur', 'bank-outcome-unknown'],
  ])('takes the fault %s for %s', async (name, code) => {
    answer(500, fault(name, 'E1'));
    await expect(adapter().open(order)).rejects.toMatchObject({
      code,
      cause: { message: 'PayFiP technical fault E1', code: 'E1' },
    });
  });

  it.each([
    ...strange,
    ['has no idop', 200, opening.replace(`<idOp>${idop}</idOp>`, '')],
    ['has an empty idop', 200, opening.replace(idop, '')],
    ['has two idops', 200, opening.replace('<return>', '<return><idOp>autre</idOp>')],
    ['has an idop of elements', 200, opening.replace(idop, `<a>${idop}</a>`)],
    ['has an idop that is an address', 200, opening.replace(idop, 'x&amp;url=https://example.org/')],
    ['has an idop without end', 200, opening.replace(idop, 'a'.repeat(65))],
  ])('does not know what became of an order whose answer %s', async (_, status, text) => {
    answer(status, text);
    await expect(adapter().open(order)).rejects.toMatchObject({ code: 'bank-outcome-unknown' });
  });

  it.each([429, 503])('is told by the status %d that nothing was done', async (status) => {
    answer(status, '');
    await expect(adapter().open(order)).rejects.toMatchObject({ code: 'bank-unavailable' });
  });

  it('fails as unavailable when nobody is there', async () => {
    const nobody = adapter({ address: 'http://127.0.0.1:2/' });
    await expect(nobody.open(order)).rejects.toMatchObject({ code: 'bank-unavailable' });
  });
});

describe('ask', () => {
  it('asks about the idop, with a capital O, and reports the answer', async () => {
    answer(200, detail);
    expect(await adapter().ask(asked)).toMatchObject({
      outcome: 'paid',
      reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      amountCents: 1005,
      bankTransactionId: '112233445566-tip',
      bankTransactionDate: '2026-11-24T12:05:00.000Z',
    });
    expect(received[0]?.body).toContain(
      '<arg0><idOp>cc0cb210-1cd4-11ea-8cca-0213ad91a103</idOp></arg0></p:recupererDetailPaiementSecurise>',
    );
  });

  it('keeps nothing of the citizen', async () => {
    answer(200, detail);
    expect(JSON.stringify(await adapter().ask(asked))).not.toContain('rungis.fr');
  });

  it.each([
    ['P', '2026-11-24T12:05:00.000Z', 'paid'],
    ['V', '2026-11-24T12:05:00.000Z', 'paid'],
    ['R', '2026-11-24T12:05:00.000Z', 'refused'],
    ['Z', '2026-11-24T12:05:00.000Z', 'refused'],
    ['A', '2026-11-24T12:05:00.000Z', 'open'],
    ['A', '2026-11-24T12:20:00.000Z', 'abandoned'],
  ])('reports the result %s at %s as %s', async (resultrans, now, outcome) => {
    answer(200, detail.replace('<resultrans>P<', `<resultrans>${resultrans}<`));
    await expect(adapter({ now }).ask(asked)).resolves.toMatchObject({ outcome });
  });

  it.each([
    ['P5', '2026-11-24T12:19:59.999Z', 'open'],
    ['P5', '2026-11-24T12:20:00.000Z', 'expired'],
    ['P1', '2026-11-24T12:00:01.000Z', 'expired'],
  ])('reports the fault %s at %s as %s', async (code, now, outcome) => {
    answer(500, fault('FonctionnelleErreur', code));
    const { bankReference, createdAt, ...facts } = asked;
    await expect(adapter({ now }).ask(asked)).resolves.toEqual({ ...facts, outcome, shop: '090909', mode: 'test' });
  });

  it.each([
    ['2026-11-24T12:19:59.999Z', 'open'],
    ['2026-11-24T12:20:00.000Z', 'expired'],
  ])('asks nothing without an idop: at %s the attempt is %s', async (now, outcome) => {
    answer(200, detail);
    const { bankReference, ...unanswered } = asked;
    await expect(adapter({ now }).ask(unanswered)).resolves.toMatchObject({ outcome });
    expect(received).toEqual([]);
  });

  it.each([
    ['is another fault', 500, fault('FonctionnelleErreur', 'T2'), 'bank-rejected'],
    ['is that it is out of service', 500, fault('TechIndisponibiliteErreur', 'E1'), 'bank-unavailable'],
    ['is about another account', 200, detail.replace('090909', '090910'), 'bank-message-refused'],
    ['has an unknown result', 200, detail.replace('>P<', '>Q<'), 'bank-message-refused'],
    ['has no result', 200, detail.replace('<resultrans>P</resultrans>', ''), 'bank-message-refused'],
    ['has two amounts', 200, detail.replace('<exer>', '<montant>1</montant><exer>'), 'bank-outcome-unknown'],
    ['is the one to an opening', 200, opening, 'bank-outcome-unknown'],
  ])('fails when the answer %s', async (_, status, text, code) => {
    answer(status, text);
    await expect(adapter().ask(asked)).rejects.toMatchObject({ code });
  });

  it.each(strange)('does not know when the answer %s', async (_, status, text) => {
    answer(status, text);
    await expect(adapter().ask(asked)).rejects.toMatchObject({ code: 'bank-outcome-unknown' });
  });
});

describe('payfipClientCheck', () => {
  it('asks for the client, with a capital C, and gives its names', async () => {
    answer(200, client);
    await expect(payfipClientCheck({ url, numcli: '090909' }).describeClient()).resolves.toEqual({
      names: ['COMMUNE DE RUNGIS', 'Régie cantine'],
    });
    expect(received[0]?.body).toContain('<arg0><numCli>090909</numCli></arg0></p:recupererDetailClient>');
  });

  it('fails for a client that PayFiP does not know', async () => {
    answer(500, fault('FonctionnelleErreur', 'T2'));
    const check = payfipClientCheck({ url, numcli: '000000' }).describeClient();
    await expect(check).rejects.toMatchObject({ code: 'bank-rejected', cause: { code: 'T2' } });
  });
});
