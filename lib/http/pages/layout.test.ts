import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aRegie } from '../../../tests/builders.ts';
import { pageAnswer } from './layout.ts';
import { markup } from './markup.ts';
import { redirectAnswer } from './pageHeaders.ts';

const page = { language: 'fr', title: 'Essai', body: markup`<h1>Essai</h1>` } as const;

const securityHeaders = {
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex, nofollow',
  'Strict-Transport-Security': 'max-age=31536000',
  'Cross-Origin-Opener-Policy': 'same-origin',
  Vary: 'Accept-Language',
};

describe('a page', () => {
  it('comes with every header', () => {
    expect(pageAnswer(page)).toMatchObject({
      statusCode: 200,
      headers: {
        ...securityHeaders,
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Language': 'fr',
        'Content-Security-Policy': expect.stringMatching(
          /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'$/,
        ),
      },
    });
  });

  it('allows the stylesheet that it holds, to the byte', () => {
    const { headers, body = '' } = pageAnswer(page);
    const style = /<style>([\s\S]*?)<\/style>/.exec(body)?.[1] ?? '';
    expect(style).toContain('prefers-color-scheme: dark');
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers?.['Content-Security-Policy']).toContain(`style-src 'sha256-${hash}'`);
  });

  it('tells our host where it posts a form, and nothing at all where it does not', () => {
    const form = { ...page, body: markup`<h1>Essai</h1><form method="post" action="x"></form>` };
    expect(pageAnswer(form).headers).toMatchObject({ 'Referrer-Policy': 'strict-origin' });
    const text = { ...page, body: markup`<h1>Essai</h1><p>${'<form method="post">'}</p>` };
    expect(pageAnswer(text).headers).toMatchObject({ 'Referrer-Policy': 'no-referrer' });
  });

  it('has a language, a title, one heading, and landmarks', () => {
    const { body } = pageAnswer({ ...page, regie: aRegie(), contact: 'Mairie' });
    expect(body).toContain('<html lang="fr">');
    expect(body).toContain('<title>Essai – Régie de la cantine</title>');
    expect(body?.match(/<h1>/g)).toHaveLength(1);
    expect(body).toMatch(/<header>[\s\S]*<\/header>\s*<main>[\s\S]*<\/main>\s*<footer>[\s\S]*Mairie[\s\S]*<\/footer>/);
  });

  it('needs nothing from elsewhere, and no script', () => {
    const { body } = pageAnswer({ ...page, regie: aRegie({ logo: 'data:image/png;base64,AAAA' }) });
    expect(body).toContain('<img src="data:image/png;base64,AAAA" alt="">');
    expect(body).not.toMatch(/<script|https?:|@import|url\(/);
  });
});

describe('a redirect', () => {
  it('is followed with a GET, and guarded like a page', () => {
    const answer = redirectAnswer('https://basket.example.org/payment/abc');
    expect(answer).toMatchObject({ statusCode: 303, body: '' });
    const headers = { ...securityHeaders, 'Referrer-Policy': 'strict-origin' };
    expect(answer.headers).toMatchObject({ ...headers, Location: 'https://basket.example.org/payment/abc' });
    expect(answer.headers?.['Content-Security-Policy']).toContain("default-src 'none'");
  });
});

describe('a page of a regie through which no money moves', () => {
  const regie = { id: 'regie', name: 'Régie', bank: 'payzen' } as const;
  const bodyOf = (mode: 'test' | 'production', language: 'fr' | 'en') => {
    const page = {
      language,
      title: 'T',
      body: markup`<h1>T</h1>`,
      regie: { ...regie, payzen: { siteId: '12345678', mode } },
    };
    return pageAnswer(page).body;
  };

  it('says so, and no other does', () => {
    expect(bodyOf('test', 'fr')).toContain('Mode test\u00a0: aucun argent ne sera débité.');
    expect(bodyOf('test', 'en')).toContain('Test mode: no money will be taken.');
    expect(bodyOf('production', 'fr')).not.toContain('class="note"');
  });
});
