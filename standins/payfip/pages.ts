/** The pages where a citizen chooses how a payment ends. In French, as at PayFiP. Pure. */
import { html } from 'hono/html';
import type { Page } from '../http.ts';
import type { Payment } from './payment.ts';

const buttons = [
  ['P', 'Payer par carte bancaire'],
  ['V', 'Payer par prélèvement'],
  ['R', 'Carte refusée'],
  ['Z', 'Prélèvement refusé'],
  ['A', 'Abandonner'],
] as const;

const modeTexts = new Map([
  ['T', 'test'],
  ['X', 'activation'],
  ['W', 'production'],
]);

const euros = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' });

/** The choice: each button posts `idop` and `resultrans` to `action`. */
export function paymentPage({ idop, order }: Payment, action: string): Page {
  const { montant, refdet, objet = '', saisie = '' } = order;
  return layout(
    'Paiement',
    html`<dl>
<dt>Montant</dt><dd>${euros.format(Number(montant) / 100)}</dd>
<dt>Référence</dt><dd>${refdet}</dd>
<dt>Objet</dt><dd>${objet}</dd>
<dt>Mode</dt><dd>${modeTexts.get(saisie) ?? saisie}</dd>
</dl>
<form method="post" action="${action}">
<input type="hidden" name="idop" value="${idop}">
${buttons.map(([result, label]) => html`<p><button name="resultrans" value="${result}">${label}</button></p>`)}
</form>`,
  );
}

/** The way back by POST: one button, as the page runs no script. */
export function returnPage(address: string, [name, value]: readonly [string, string]): Page {
  return layout(
    'Retour',
    html`<form method="post" action="${address}">
<input type="hidden" name="${name}" value="${value}">
<p><button>Revenir au site</button></p>
</form>`,
  );
}

/** Why the payment cannot be shown, or go on. */
export function errorPage(code: string, sentence: string): Page {
  return layout('Paiement impossible', html`<p>${code} : ${sentence}</p>`);
}

function layout(title: string, content: Page): Page {
  return html`<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Simulateur PayFiP</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
dt { font-weight: bold; }
</style>
</head>
<body>
<header><p><strong>Simulateur PayFiP</strong> : une imitation pour les essais, où rien n’est jamais débité.</p></header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}
