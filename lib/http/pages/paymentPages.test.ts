import { describe, expect, it } from 'vitest';
import { anAttempt, anItem, aRegie, noon } from '../../../tests/builders.ts';
import type { Alert, Attempt } from '../../item/attempt.ts';
import type { Item } from '../../item/item.ts';
import type { Situation } from '../../payment/situation.ts';
import { languages } from './languages/languages.ts';
import { pages, renderCancelConfirmation, renderFormRedirect, renderPayment } from './paymentPages.ts';
import type { PaymentView } from './paymentView.ts';

const address = 'abc';
const redirect = { method: 'GET', url: 'https://bank.example.org/session/1' } as const;
const locked = { lockedBy: '1', lockedUntil: '2026-11-23T12:15:00.000Z' };

function aView(item: Partial<Item> = {}, change: Partial<PaymentView> = {}): PaymentView {
  return {
    item: anItem(item),
    regie: aRegie(),
    now: noon,
    language: 'fr',
    address,
    asksEmail: false,
    isEmailInvalid: false,
    isInterrupted: false,
    refreshesItself: true,
    ...change,
  };
}

function withAttempt(attempt: Partial<Attempt>, change: Partial<Item> = {}): Partial<Item> {
  return { payments: { 1: anAttempt(attempt) }, ...change };
}

function paidWith(attempt: Partial<Attempt> = {}): Partial<Item> {
  return withAttempt({ state: 'paid', ...attempt }, { state: 'paid', paidBy: '1', paidAt: '2026-11-23T12:05:00.000Z' });
}

function withAlert(kind: Alert['kind'], closedAt?: string): Pick<Item, 'alerts'> {
  return { alerts: { 1: { kind, raisedAt: noon.toISOString(), ...(closedAt === undefined ? {} : { closedAt }) } } };
}

/** An item in each situation, with the heading that its citizen reads. */
const situations: Record<Situation, readonly [Partial<Item>, string, string]> = {
  unpaid: [{}, 'Cantine de novembre', 'Cantine de novembre'],
  opening: [withAttempt({}, locked), 'Préparation du paiement', 'Preparing the payment'],
  open: [withAttempt({ redirect }, locked), 'Paiement en cours', 'Payment under way'],
  pending: [withAttempt({ state: 'pending' }, locked), 'Paiement en cours de traitement', 'Payment being processed'],
  accepted: [
    withAttempt({ state: 'pending', acceptedAt: noon.toISOString(), captureDate: '2026-12-01' }, locked),
    'Paiement enregistré',
    'Payment registered',
  ],
  paid: [paidWith(), 'Paiement effectué', 'Payment complete'],
  'paid-later': [paidWith({ captureDate: '2026-12-01' }), 'Paiement enregistré', 'Payment registered'],
  refused: [withAttempt({ state: 'refused' }), 'Paiement refusé', 'Payment refused'],
  abandoned: [withAttempt({ state: 'abandoned' }), 'Paiement abandonné', 'Payment abandoned'],
  expired: [withAttempt({ state: 'expired' }), 'Paiement non abouti', 'Payment not completed'],
  failed: [withAttempt({ state: 'failed' }), 'Échec du paiement', 'Payment failed'],
  unconfirmed: [
    withAttempt({ state: 'expired', acceptedAt: noon.toISOString() }, withAlert('authorisation-unconfirmed')),
    'Débit non confirmé',
    'Debit not confirmed',
  ],
  cancelled: [{ state: 'cancelled' }, 'Demande de paiement supprimée', 'Payment request removed'],
};

const everySituation = Object.entries(situations).map(([situation, [item, french, english]]) => ({
  situation,
  item,
  french,
  english,
}));

function bodyOf(item: Partial<Item> = {}, change: Partial<PaymentView> = {}): string {
  return renderPayment(aView(item, change)).body ?? '';
}

describe('the table of pages', () => {
  it('has every situation once', () => {
    const listed = Object.values(pages).flatMap((page): readonly string[] => page.situations);
    expect(listed.sort()).toEqual(Object.keys(situations).sort());
  });

  it.each(everySituation)('$situation is told under its own heading', ({ item, french, english }) => {
    expect(bodyOf(item)).toContain(`<h1>${french}</h1>`);
    expect(bodyOf(item, { language: 'en' })).toContain(`<h1>${english}</h1>`);
  });

  it.each(everySituation)('$situation shows neither the NameId nor the email of the item', ({ item }) => {
    const attempts = Object.entries(item.payments ?? {}).map(([id, attempt]) => [
      id,
      { ...attempt, email: 'payer@example.org' },
    ]);
    const body = bodyOf({ ...item, payments: Object.fromEntries(attempts) }, { asksEmail: true });
    expect(body).not.toMatch(/ab1c2d3e|gerard|rungis|payer@/);
  });
});

describe('the page of an unpaid item', () => {
  it('shows what is to pay, to whom, and the button', () => {
    const answer = renderPayment(aView());
    expect(answer.statusCode).toBe(200);
    expect(answer.headers?.['Content-Security-Policy']).not.toContain('form-action');
    expect(answer.body).toContain('<title>Payer 10,05\u00a0€ – Cantine de novembre – Régie de la cantine</title>');
    expect(answer.body).toContain('<p class="amount">10,05\u00a0€</p>');
    expect(answer.body).toContain(`<form method="post" action="${address}/pay">`);
    expect(answer.body).toContain('Banque fictive\u00a0: aucun argent ne sera débité');
    expect(answer.body).not.toContain('name="email"');
    expect(bodyOf({}, { language: 'en' })).toContain('<p class="amount">€10.05</p>');
  });

  it.each([
    ['2026-11-24', true],
    ['2026-11-23', false],
    ['2026-11-22', false],
  ])('with the capture date %s, announces a later debit: %s', (captureDate, isAnnounced) => {
    expect(bodyOf({ captureDate }).includes('Le montant sera débité le')).toBe(isAnnounced);
  });

  it('links to the form and to the removal, where there are any', () => {
    expect(bodyOf()).toContain('<a href="https://demarches.example.org/cantine/14/">Revenir à ma démarche</a>');
    expect(bodyOf()).toContain(`href="${address}/cancel">Supprimer</a>`);
    expect(bodyOf({ cancellable: false })).not.toContain('Supprimer');
    expect(bodyOf({ url: 'javascript:alert(1)' })).not.toMatch(/javascript|Revenir à ma démarche/);
  });

  it('asks for an email that the bank requires', () => {
    const { email, ...item } = anItem();
    const body = renderPayment({ ...aView(), item, asksEmail: true }).body;
    expect(body).toContain('<label for="email">');
    expect(body).toContain('autocomplete="email" required aria-describedby="email-hint">');
    expect(body).not.toContain('aria-invalid="true"');
  });

  const attemptThat = (failure: Attempt['failure'] & string) => withAttempt({ state: 'failed', failure });

  it.each([
    ['typed', {}, true, 'l’adresse saisie'],
    ['of the item, which this bank does not take', { email: 'élodie@exemple.fr' }, false, 'donnée dans votre démarche'],
    ['of the item, which the bank refused', attemptThat('item-email'), false, 'donnée dans votre démarche'],
    ['typed, which the bank refused', attemptThat('typed-email'), false, 'que vous avez saisie'],
  ])('says first what is wrong with the email %s', (_, change, isEmailInvalid, reason) => {
    const { email, ...unnamed } = anItem();
    const item = { ...unnamed, ...change };
    const answer = renderPayment({ ...aView(), item, asksEmail: true, isEmailInvalid });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('<title>Erreur\u00a0: adresse électronique – ');
    expect(answer.body).toContain('aria-invalid="true" aria-describedby="email-error email-hint"');
    expect(answer.body).toMatch(new RegExp(`id="email-error">La banque n’accepte pas [^<]*${reason}`));
    expect(answer.body).not.toContain('élodie');
  });
});

describe('the page of a payment under way', () => {
  const resumable = withAttempt({ redirect, resumableUntil: '2026-11-23T12:10:00.000Z' }, locked);

  it.each([
    ['opening', situations.opening[0], '2'],
    ['open', situations.open[0], '15'],
    ['pending', situations.pending[0], '15'],
  ])('%s refreshes itself, says so, and can be stopped', (_, item, seconds) => {
    const { headers, body } = renderPayment(aView(item));
    expect(headers?.['Refresh']).toBe(`${seconds}; url=${address}`);
    expect(body).toContain(`toutes les ${seconds} secondes`);
    expect(body).toContain(`href="${address}?refresh=no"`);

    const stopped = renderPayment(aView(item, { refreshesItself: false }));
    expect(stopped.headers).not.toHaveProperty('Refresh');
    expect(stopped.body).toContain(`<a href="${address}">Actualiser</a>`);
  });

  it('says until when, with the day unless that is today', () => {
    expect(bodyOf({ ...resumable, lockedUntil: '2026-11-23T12:15:00.000Z' })).toContain('jusqu’à 13\u00a0h');
    const tomorrow = { ...situations.pending[0], lockedUntil: '2026-11-23T23:30:00.000Z' };
    expect(bodyOf(tomorrow)).toContain('au moins jusqu’au 24 novembre 2026 à 00\u00a0h\u00a030.');
    expect(bodyOf(tomorrow, { language: 'en' })).toContain('at least until 24 November 2026 at 00:30.');
  });

  it('can be resumed as long as the bank allows it, and not removed', () => {
    expect(bodyOf(resumable)).toContain(`action="${address}/pay"><button type="submit">Reprendre le paiement`);
    expect(bodyOf(resumable)).not.toContain('Supprimer');
    const late = { now: new Date('2026-11-23T12:10:00.000Z') };
    expect(bodyOf(resumable, late)).not.toContain('<form');
    expect(bodyOf(situations.open[0])).not.toContain('<form');
  });
});

describe('the pages of a payment that came through', () => {
  it.each(['accepted', 'paid-later'] as const)('%s gives the day of the debit and the reference', (situation) => {
    const { headers, body } = renderPayment(aView(situations[situation][0]));
    expect(body).toContain('Le montant sera débité le 1er décembre 2026.');
    expect(body).toContain('<code>7zzzzzzzzzzzzzzzzzzzzzzzzz</code>');
    expect(body).not.toContain('<form');
    expect(headers).not.toHaveProperty('Refresh');
  });

  it('paid gives the amount, the time, the reference and what the regie has to say', () => {
    const body = bodyOf(paidWith(), { regie: aRegie({ paidText: 'Merci à tous.', contact: 'Mairie, 01 23' }) });
    for (const text of [
      '10,05\u00a0€',
      '23 novembre 2026 à 13\u00a0h\u00a005',
      '<code>7zzzzzzzzzzzzzzzzzzzzzzzzz</code>',
      'Merci à tous.',
      'Mairie, 01 23',
    ]) {
      expect(body).toContain(text);
    }
    expect(body).not.toContain('<form');
  });
});

describe('the pages of a payment that did not come through', () => {
  it.each(['refused', 'abandoned', 'expired', 'failed'] as const)('%s can be paid again, or removed', (situation) => {
    const body = bodyOf(situations[situation][0]);
    expect(body).toContain('À notre connaissance, aucun montant n’a été débité.');
    expect(body).toContain(`action="${address}/pay"`);
    expect(body).toContain(`href="${address}/cancel"`);
  });
});

describe('a payment that the bank did not open', () => {
  it.each([
    ['rejected', 'La banque a refusé d’ouvrir le paiement', /votre collectivité[^<]*Contactez-la/],
    ['unavailable', 'La banque ne répond pas', /réessayer dans quelques minutes/],
    ['unknown', 'La réponse de la banque n’est pas arrivée', /Vous pouvez recommencer/],
    ['item-email', 'Adresse électronique refusée', /Donnez une autre adresse/],
    ['typed-email', 'Adresse électronique refusée', /Donnez une autre adresse/],
  ] as const)('%s: says so, at each look, and can be tried again', (failure, heading, sentence) => {
    const body = bodyOf(withAttempt({ state: 'failed', failure }));
    expect(body).toContain(`<h1>${heading}</h1>`);
    expect(body).toContain('Aucun montant n’a été débité.');
    expect(body).toMatch(sentence);
    expect(body).toContain(`action="${address}/pay"`);
    // Only where people have to look into it.
    expect(body.includes('Référence à communiquer')).toBe(failure === 'rejected');
  });
});

it('a refusal that only the town can mend is no error of the email', () => {
  const { body } = renderPayment({ ...aView(withAttempt({ state: 'failed', failure: 'rejected' })), asksEmail: true });
  expect(body).toContain('<title>La banque a refusé');
  expect(body).not.toContain('id="email-error"');
});

describe('an item that cannot be paid online', () => {
  it.each([
    ['too-many-attempts', 'Trop d’essais de paiement'],
    ['capture-too-late', 'Paiement en ligne impossible'],
    ['bank-not-configured', 'Paiement en ligne indisponible'],
  ] as const)('%s: has no button, and says whom to ask', (obstacle, heading) => {
    for (const item of [{}, withAttempt({ state: 'refused' })]) {
      const body = bodyOf(item, { obstacle, regie: aRegie({ contact: 'Mairie, 01 23' }) });
      expect(body).toContain('Mairie, 01 23');
      expect(body).toContain(`<h1>${heading}</h1>`);
      expect(body).toMatch(/Contactez votre collectivité/);
      expect(body).not.toContain('<form');
    }
    expect(bodyOf(paidWith(), { obstacle })).toContain('<h1>Paiement effectué</h1>');
  });
});

describe('a request that failed on our side', () => {
  it('is told above how things stand, as long as there is something to do', () => {
    expect(bodyOf({}, { isInterrupted: true })).toMatch(/role="alert">Votre demande n’a pas pu être traitée/);
    expect(bodyOf({}, { isInterrupted: true })).toContain(`action="${address}/pay"`);
    expect(bodyOf(paidWith(), { isInterrupted: true })).not.toContain('role="alert"');
  });
});

describe('what people have still to put right', () => {
  it.each(['paid', 'paid-later', 'cancelled'] as const)(
    '%s tells of money to refund until that is done',
    (situation) => {
      const [item] = situations[situation];
      const regie = aRegie({ contact: 'Mairie' });
      expect(bodyOf({ ...item, ...withAlert('money-to-refund') }, { regie })).toMatch(
        /alors que rien n’était dû.*Contact\u00a0: Mairie/,
      );
      expect(bodyOf({ ...item, ...withAlert('money-to-refund', noon.toISOString()) })).not.toContain('rien n’était dû');
    },
  );

  it('an item that waits again tells that the debit was refused in the end', () => {
    const refused = situations.refused[0];
    expect(bodyOf({ ...refused, ...withAlert('authorisation-failed') })).toContain('finalement refusé');
    expect(bodyOf({ ...paidWith(), ...withAlert('authorisation-failed') })).not.toContain('finalement refusé');
  });
});

describe('hostile values', () => {
  const hostile = `"><script>alert('x')</script>&<b>`;
  const regie = aRegie({ name: hostile, contact: hostile, paidText: hostile, logo: hostile });

  it.each(everySituation)('are only text in $situation', ({ item }) => {
    const change = { label: hostile, url: `https://example.org/${hostile}`, ...withAlert('money-to-refund') };
    const body = bodyOf({ ...item, ...change }, { regie, asksEmail: true });
    expect(body).not.toMatch(/<script|<b>|alert\('x'/);
    expect(body).toContain('&lt;script&gt;');
  });

  it('are only text on the way to the bank and to the removal', () => {
    const fields = { [hostile]: hostile };
    const redirected = renderFormRedirect({
      language: 'fr',
      regie,
      redirect: { method: 'POST', url: `https://bank.example.org/?${hostile}`, fields },
    });
    const confirmed = renderCancelConfirmation(aView({ label: hostile }, { regie }));
    for (const { body } of [redirected, confirmed]) expect(body).not.toMatch(/<script|<b>|alert\('x'/);
  });
});

describe('the pages between', () => {
  it('the removal is asked for, with a way back', () => {
    const { statusCode, body } = renderCancelConfirmation(aView());
    expect(statusCode).toBe(200);
    expect(body).toContain('<h1>Supprimer cette demande de paiement\u202f?</h1>');
    expect(body).toContain(`<form method="post" action="${address}/cancel"`);
    // Who presses Enter, or posts the form without pressing, presses the first.
    const buttons = Array.from(body?.matchAll(/<button[^>]* value="(\w+)">([^<]+)/g) ?? [], ([, ...found]) => found);
    expect(buttons).toEqual([
      ['keep', 'Garder cette demande'],
      ['remove', 'Supprimer'],
    ]);
    expect(body).not.toMatch(/ab1c2d3e|gerard|rungis/);
  });

  it("the bank's form says where it leads, and lets the bank see our host alone", () => {
    const { headers, body } = renderFormRedirect({
      language: 'en',
      regie: aRegie(),
      redirect: { method: 'POST', url: 'https://bank.example.org:8443/pay', fields: { order: '1', amount: '1005' } },
    });
    expect(headers).toMatchObject({ 'Referrer-Policy': 'strict-origin' });
    expect(body).toContain('on the website bank.example.org:8443.');
    expect(body).toContain('<form method="post" action="https://bank.example.org:8443/pay">');
    expect(body).toContain(
      '<input type="hidden" name="order" value="1"><input type="hidden" name="amount" value="1005">',
    );
  });
});

describe('the texts', () => {
  /** Every text by its path; those that take values are given a plain one. */
  function textsOf(value: unknown, path = ''): [string, string][] {
    if (typeof value === 'string') return [[path, value]];
    if (typeof value === 'function') return textsOf(value('X', 'X'), `${path}()`);
    return Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
  }

  it('are the same in both languages, and none is empty', () => {
    const [french, english] = [textsOf(languages.fr.payment), textsOf(languages.en.payment)];
    expect(french.length).toBeGreaterThan(40);
    expect(english.map(([path]) => path)).toEqual(french.map(([path]) => path));
    expect([...french, ...english].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it.each(textsOf(languages.fr.payment))('%s is set as French is', (_, text) => {
    expect(text).not.toMatch(/[^\u00a0\u202f][:;?!»]|«[^\u00a0]|['"]/);
  });
});
