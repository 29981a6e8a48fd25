/** The pages where a developer reads the story of each form. In French, as in Publik. Pure. */
import { html } from 'hono/html';
import type { Page } from '../http.ts';
import { type Form, type HeardCall, pathOf, type Reason } from './form.ts';

const statusTexts = new Map([
  ['waiting', 'En attente du paiement'],
  ['paid', 'Payée'],
  ['cancelled', 'Annulée'],
]);

const reasonTexts: Readonly<Record<Reason, string>> = {
  accepted: 'pris en compte',
  fault: 'perdu par une panne simulée',
  processing: 'refusé : la démarche exécute une action',
  missing: 'refusé : signature incomplète',
  'unknown-caller': 'refusé : appelant inconnu',
  'bad-signature': 'refusé : signature fausse',
  'outside-window': 'refusé : signature périmée',
  'nonce-used': 'refusé : signature déjà utilisée',
  'unknown-user': 'refusé : usager inconnu',
  'unknown-trigger': 'refusé : déclencheur inconnu dans ce statut',
  'wrong-method': 'refusé : méthode inattendue',
};

const time = new Intl.DateTimeFormat('fr-FR', {
  dateStyle: 'short',
  timeStyle: 'medium',
  timeZone: 'Europe/Paris',
});

/** All the forms, with their addresses, their status and what each was told. */
export function formListPage(forms: readonly Form[]): Page {
  const items = forms.map(
    (form) => html`<li>
<h2><a href="${pathOf(form)}">Démarche n° ${form.name}</a></h2>
<p>Statut : <strong>${statusText(form)}</strong></p>
${historyList(form)}
</li>`,
  );
  return layout(
    'Démarches locales',
    forms.length === 0 ? html`<p>Aucune démarche pour l’instant.</p>` : html`<ul class="forms">${items}</ul>`,
  );
}

/** One form as an agent would see it: its status, its history, and the data that the calls brought. */
export function formPage(form: Form): Page {
  const data = Object.entries(form.data).map(
    ([name, value]) => html`<dt>${name}</dt><dd>${typeof value === 'string' ? value : JSON.stringify(value)}</dd>`,
  );
  return layout(
    `Démarche n° ${form.name}`,
    html`<p>Statut : <strong>${statusText(form)}</strong></p>
<h2>Historique</h2>
${historyList(form)}
<h2>Données de traitement</h2>
${data.length === 0 ? html`<p>Aucune.</p>` : html`<dl>${data}</dl>`}
<p><a href="/">Toutes les démarches</a></p>`,
  );
}

function statusText({ status }: Form): string {
  return statusTexts.get(status) ?? status;
}

function historyList({ heard }: Form): Page {
  if (heard.length === 0) return html`<p>Aucun appel reçu.</p>`;
  return html`<ol>${heard.map((call) => html`<li>${historyLine(call)}</li>`)}</ol>`;
}

function historyLine({ at, trigger, body, verdict: { status, reason } }: HeardCall): string {
  const transaction = transactionOf(body);
  const details = transaction === undefined ? '' : `, transaction ${transaction}`;
  return `${time.format(at)} : ${trigger} ${reasonTexts[reason]} (${status ?? 'sans réponse'})${details}`;
}

function transactionOf(body: unknown): string | undefined {
  const isHolder = typeof body === 'object' && body !== null && 'transaction_id' in body;
  return isHolder ? String(body.transaction_id) : undefined;
}

function layout(title: string, content: Page): Page {
  return html`<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3">
<title>${title}</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
.forms { list-style: none; padding: 0; }
dt { font-weight: bold; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}
