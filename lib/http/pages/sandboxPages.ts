/** The pages of the sandbox bank. They must be taken for no real bank's, and for none of the shop's. */
import { createHash } from 'node:crypto';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type ChosenOutcome, captureDate, outcomes, type SandboxPayment } from '../../sandboxBank/payment.ts';
import { languages, type PageLanguage } from './languages/languages.ts';
import { hasForm } from './layout.ts';
import { type Markup, markup, trusted } from './markup.ts';
import { securityHeaders } from './pageHeaders.ts';

const texts = {
  fr: {
    bank: 'Banque fictive',
    warning:
      'Cette banque n’existe pas\u00a0: aucun argent n’est pris, et il ne faut donner aucune coordonnée bancaire.',
    pay: 'Votre paiement',
    shop: 'Bénéficiaire',
    label: 'Objet',
    amount: 'Montant',
    reference: 'Référence',
    capture: 'Date du prélèvement',
    inDays: (days: number) => `dans ${days} ${days === 1 ? 'jour' : 'jours'}`,
    choices: { paid: 'Payer', refused: 'Refuser', abandoned: 'Abandonner', pending: 'Mettre en attente' },
    expired: 'Session expirée',
    expiredText: 'Le temps donné pour payer est écoulé. Rien n’a été payé.',
    done: 'Paiement enregistré',
    doneText: 'La banque a noté votre réponse.',
    back: 'Retourner au site',
    unknown: 'Page introuvable',
    unknownText: 'Il n’y a pas de paiement à cette adresse.',
  },
  en: {
    bank: 'Fictitious bank',
    warning: 'This bank does not exist: no money is taken, and no bank details should be given.',
    pay: 'Your payment',
    shop: 'Payee',
    label: 'For',
    amount: 'Amount',
    reference: 'Reference',
    capture: 'Day of the debit',
    inDays: (days: number) => `in ${days} ${days === 1 ? 'day' : 'days'}`,
    choices: { paid: 'Pay', refused: 'Refuse', abandoned: 'Give up', pending: 'Leave pending' },
    expired: 'Session expired',
    expiredText: 'The time to pay is over. Nothing was paid.',
    done: 'Payment recorded',
    doneText: 'The bank has your answer.',
    back: 'Return to the site',
    unknown: 'Page not found',
    unknownText: 'There is no payment at this address.',
  },
} as const satisfies Record<PageLanguage, unknown>;

// Unlike the pages of the basket, so that nobody wonders who asks.
const stylesheet = `
body { margin: 0; background: #fff8e1; color: #1f1a10; font: 1.0625rem/1.5 Georgia, serif; overflow-wrap: anywhere; }
header { padding: 1rem; background: #5d3a00; color: #ffffff; font-size: 1.25rem; font-weight: bold; }
main { max-width: 34rem; margin: 0 auto; padding: 1rem; }
.warning { padding: 0.75rem; border: 3px dashed #5d3a00; }
dt { font-weight: bold; }
dd { margin: 0 0 0.5rem; }
form { display: flex; flex-wrap: wrap; gap: 0.75rem; }
button { padding: 0.75rem 1.25rem; border: 2px solid #5d3a00; background: #ffffff; color: #5d3a00; font: inherit; cursor: pointer; }
button[value="paid"] { background: #5d3a00; color: #ffffff; }
a { color: #5d3a00; }
:focus-visible { outline: 3px solid #0b57d0; outline-offset: 2px; }
`;

const styleSource = `'sha256-${createHash('sha256').update(stylesheet).digest('base64')}'`;

/** Where the citizen pays, or does not. @param action address that the buttons post to. */
export function choicePage(payment: SandboxPayment, action: string): APIGatewayProxyStructuredResultV2 {
  const { language } = payment;
  const words = texts[language];
  const body = markup`<h1>${words.pay}</h1>
${renderSummary(payment)}
<form method="post" action="${action}">
${outcomes.map((outcome) => renderButton(outcome, language))}
</form>`;
  return pageOf({ language, title: words.pay, body });
}

/** Nothing can be paid any more. */
export function expiredPage({ language, returnUrl }: SandboxPayment): APIGatewayProxyStructuredResultV2 {
  const { expired, expiredText } = texts[language];
  return pageOf({ language, title: expired, body: renderWayBack(language, [expired, expiredText], returnUrl) });
}

/** The bank keeps the citizen. @param address back to the shop. */
export function linkPage({ language }: SandboxPayment, address: string): APIGatewayProxyStructuredResultV2 {
  const { done, doneText } = texts[language];
  return pageOf({ language, title: done, body: renderWayBack(language, [done, doneText], address) });
}

/** Nobody's address, so nobody's language. */
export function unknownPage(): APIGatewayProxyStructuredResultV2 {
  const { unknown, unknownText } = texts.fr;
  const body = markup`<h1>${unknown}</h1>
<p>${unknownText}</p>`;
  return pageOf({ language: 'fr', title: unknown, body, status: 404 });
}

interface SandboxPage {
  readonly language: PageLanguage;
  readonly title: string;
  readonly body: Markup;
  readonly status?: number;
}

function pageOf({ language, title, body, status = 200 }: SandboxPage): APIGatewayProxyStructuredResultV2 {
  const { bank, warning } = texts[language];
  const page = markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${bank}</title>
<link rel="icon" href="data:,">
<style>${trusted(stylesheet)}</style>
</head>
<body>
<header>${bank}</header>
<main>
<p class="warning">${warning}</p>
${body}
</main>
</body>
</html>
`;
  const html = page.toString();
  const headers = securityHeaders({ styleSource, leadsOn: hasForm(html) });
  return { statusCode: status, headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' }, body: html };
}

function renderSummary(payment: SandboxPayment): Markup {
  const words = texts[payment.language];
  const day = captureDate(payment);
  return markup`<dl>
<dt>${words.shop}</dt><dd>${payment.shop}</dd>
<dt>${words.label}</dt><dd>${payment.label}</dd>
<dt>${words.amount}</dt><dd>${languages[payment.language].formats.amount(payment.amountCents)}</dd>
<dt>${words.reference}</dt><dd>${payment.id}</dd>
${day === undefined ? undefined : markup`<dt>${words.capture}</dt><dd>${languages[payment.language].formats.day(day)} (${words.inDays(payment.captureDelayDays)})</dd>`}
</dl>`;
}

function renderButton(outcome: ChosenOutcome, language: PageLanguage): Markup {
  return markup`<button name="outcome" value="${outcome}">${texts[language].choices[outcome]}</button>`;
}

function renderWayBack(language: PageLanguage, [heading, text]: readonly [string, string], address: string): Markup {
  return markup`<h1>${heading}</h1>
<p>${text}</p>
<p><a href="${address}">${texts[language].back}</a></p>`;
}
