/** The pages that a citizen sees at the stand-in, or a developer who plays one. In French, as in Publik. Pure. */
import { html } from 'hono/html';
import type { Page } from '../http.ts';
import type { PayzenOutcome } from './payment.ts';

const buttonTexts: Readonly<Record<PayzenOutcome, string>> = {
  paid: 'Payer',
  refused: 'Faire refuser la carte',
  abandoned: 'Annuler et retourner à la boutique',
  pending: 'Laisser le paiement en cours de contrôle',
  accepted: 'Payer, l’autorisation sera demandée plus tard',
};

const euros = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' });

/** The page where a citizen chooses. A button posts its outcome to `path`, as `choice`. */
export function paymentPage(payment: {
  readonly path: string;
  readonly orderId: string;
  readonly amountCents: number;
  readonly isTest: boolean;
  readonly choices: readonly PayzenOutcome[];
}): Page {
  const buttons = payment.choices.map(
    (choice) => html`<p><button name="choice" value="${choice}">${buttonTexts[choice]}</button></p>`,
  );
  return layout(
    'Paiement',
    html`<p>Commande ${payment.orderId || 'sans référence'} : <strong>${euros.format(payment.amountCents / 100)}</strong></p>
<p>${payment.isTest ? 'Mode test.' : 'Mode production.'}</p>
<form method="post" action="${payment.path}">${buttons}</form>`,
  );
}

/** Shown instead of the payment page: the field that the gateway refuses, and its code where that is known. */
export function errorPage({ field, code }: { readonly field: string; readonly code?: string }): Page {
  const name = code === undefined ? 'Erreur de format' : `Erreur ${code}`;
  return layout(name, html`<p>Le formulaire de paiement est refusé, à cause du champ <code>${field}</code>.</p>`);
}

/** The end of a payment, where the citizen is not sent back at once. */
export function endPage({ title, returnUrl }: { readonly title: string; readonly returnUrl?: string }): Page {
  return layout(
    title,
    returnUrl === undefined
      ? html`<p>Vous pouvez fermer cette page.</p>`
      : html`<p><a href="${returnUrl}">Retour à la boutique</a></p>`,
  );
}

function layout(title: string, content: Page): Page {
  return html`<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Simulateur PayZen</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
button { font: inherit; padding: 0.5rem 1rem; }
</style>
</head>
<body>
<main>
<p><strong>Simulateur PayZen</strong> : rien n’est réel ici, ni la banque, ni l’argent.</p>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}
