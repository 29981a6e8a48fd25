import { describe, expect, it } from 'vitest';
import { isPageErrorCode, pageErrors, renderError } from './errorPages.ts';
import type { PageErrorCode } from './languages/language.ts';
import { languages } from './languages/languages.ts';

const address = 'https://basket.example.org/payment/abc';
const reference = 'JKJaXmPLvHcESHA=';

const statuses: readonly (readonly [PageErrorCode, number])[] = [
  ['not-found', 404],
  ['method-not-allowed', 405],
  ['payload-too-large', 413],
  ['temporarily-unavailable', 503],
  ['internal-error', 500],
];

describe('error pages', () => {
  it('are for these codes', () => {
    expect(statuses.map(([code]) => code).sort()).toEqual(Object.keys(pageErrors).sort());
  });

  it.each(statuses)('%s is answered %i, in both languages, with the error first in the title', (code, status) => {
    const french = renderError({ code, language: 'fr' });
    const english = renderError({ code, language: 'en' });
    expect([french.statusCode, english.statusCode]).toEqual([status, status]);
    expect(french.headers).toMatchObject({ 'Cache-Control': 'no-store', 'Content-Language': 'fr' });
    expect(english.headers).toMatchObject({ 'Referrer-Policy': 'no-referrer', 'Content-Language': 'en' });
    expect(french.body).toMatch(/<title>Erreur\u00a0: .{10,} – Paiement en ligne<\/title>/);
    expect(english.body).toMatch(/<title>Error: .{10,} – Online payment<\/title>/);
  });

  it('have French texts set as French is', () => {
    for (const { title, advice } of Object.values(languages.fr.errors)) {
      expect(`${title} ${advice}`).not.toMatch(/[^\u00a0\u202f][:;?!»]|«[^\u00a0]|['"]/);
    }
  });

  it.each(['access-denied', 'unknown-regie', 'bank-message-refused', 'toString'])('%s is not for citizens', (code) => {
    expect(isPageErrorCode(code as PageErrorCode)).toBe(false);
  });

  it.each([
    ['internal-error', true],
    ['temporarily-unavailable', true],
    ['method-not-allowed', false],
    ['not-found', false],
  ] as const)('%s shows the reference of the request: %s', (code, isShown) => {
    const { body } = renderError({ code, language: 'fr', reference });
    expect(body?.includes(`<code>${reference}</code>`)).toBe(isShown);
  });

  it('link back to the payment page when there is one', () => {
    const view = { code: 'internal-error', language: 'fr' } as const;
    const { body } = renderError({ ...view, address });
    expect(body).toContain(`<a href="${address}">Revenir à la page de paiement</a>`);
    expect(renderError(view).body).not.toMatch(/<a /);
  });

  it('of a bad link are one and the same, whatever it might have led to', () => {
    const plain = renderError({ code: 'not-found', language: 'fr' });
    expect(renderError({ code: 'not-found', language: 'fr', reference, address })).toEqual(plain);
    expect(renderError({ code: 'not-found', language: 'en' }).body).not.toBe(plain.body);
  });

  it('of a wrong method say which are right', () => {
    expect(renderError({ code: 'method-not-allowed', language: 'fr' }).headers).toMatchObject({
      Allow: 'GET, HEAD, POST',
    });
    expect(renderError({ code: 'not-found', language: 'fr' }).headers).not.toHaveProperty('Allow');
  });
});
