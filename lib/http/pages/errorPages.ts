/** What a citizen reads when a page cannot do what was asked: from a code to a status and sentences. */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Language } from '../../config.ts';
import type { ErrorCode } from '../../errors.ts';
import { pageAnswer } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { renderHeading } from './paymentView.ts';

interface PageError {
  readonly status: number;
  readonly fr: ErrorTexts;
  readonly en: ErrorTexts;
}

interface ErrorTexts {
  readonly title: string;
  /** What the citizen may do. */
  readonly advice: string;
}

/** The codes that can reach a page. */
export const pageErrors = {
  'not-found': {
    status: 404,
    fr: {
      title: 'Page introuvable',
      advice:
        'Ce lien de paiement n’existe pas, ou n’existe plus. Vérifiez que vous l’avez copié en entier, ou revenez à votre démarche.',
    },
    en: {
      title: 'Page not found',
      advice:
        'This payment link does not exist, or no longer exists. Check that you have copied it whole, or go back to your request.',
    },
  },
  'method-not-allowed': {
    status: 405,
    fr: {
      title: 'Cette page ne s’ouvre pas ainsi',
      advice: 'Revenez à votre démarche, puis suivez de nouveau le lien.',
    },
    en: {
      title: 'This page does not open like that',
      advice: 'Go back to your request, then follow the link again.',
    },
  },
  'payload-too-large': {
    status: 413,
    fr: {
      title: 'Envoi trop volumineux',
      advice: 'Votre navigateur a envoyé plus que cette page n’attend. Revenez à la page de paiement et recommencez.',
    },
    en: {
      title: 'Too much was sent',
      advice: 'Your browser sent more than this page expects. Go back to the payment page and start again.',
    },
  },
  'payment-in-progress': {
    status: 409,
    fr: {
      title: 'Un paiement est déjà en cours',
      advice: 'Terminez-le, ou attendez son résultat sur la page de paiement.',
    },
    en: { title: 'A payment is already under way', advice: 'Complete it, or wait for its result on the payment page.' },
  },
  'already-paid': {
    status: 409,
    fr: { title: 'Ce montant est déjà payé', advice: 'Vous n’avez plus rien à faire.' },
    en: { title: 'This amount is already paid', advice: 'There is nothing left for you to do.' },
  },
  'not-cancellable': {
    status: 409,
    fr: {
      title: 'Cette demande de paiement ne peut pas être supprimée',
      advice: 'Si vous pensez ne pas avoir à la payer, contactez votre collectivité.',
    },
    en: {
      title: 'This payment request cannot be removed',
      advice: 'If you think that you do not have to pay it, contact your local authority.',
    },
  },
  'too-many-attempts': {
    status: 409,
    fr: {
      title: 'Trop d’essais de paiement',
      advice: 'Ce montant ne peut plus être payé en ligne. Contactez votre collectivité pour le régler autrement.',
    },
    en: {
      title: 'Too many payment attempts',
      advice: 'This amount can no longer be paid online. Contact your local authority to pay it another way.',
    },
  },
  'bank-rejected': {
    status: 502,
    fr: {
      title: 'La banque a refusé d’ouvrir le paiement',
      advice: 'Aucun montant n’a été débité. Recommencer n’y changera rien\u00a0: contactez votre collectivité.',
    },
    en: {
      title: 'The bank refused to open the payment',
      advice: 'No money was taken. Trying again will not help: contact your local authority.',
    },
  },
  'bank-not-configured': {
    status: 503,
    fr: {
      title: 'Paiement en ligne indisponible',
      advice: 'Le paiement en ligne n’est pas ouvert pour ce service. Contactez votre collectivité.',
    },
    en: {
      title: 'Online payment not available',
      advice: 'Online payment is not open for this service. Contact your local authority.',
    },
  },
  'bank-unavailable': {
    status: 503,
    fr: {
      title: 'La banque ne répond pas',
      advice: 'Aucun montant n’a été débité. Vous pouvez réessayer dans quelques minutes.',
    },
    en: {
      title: 'The bank does not answer',
      advice: 'No money was taken. You may try again in a few minutes.',
    },
  },
  'bank-outcome-unknown': {
    status: 502,
    fr: {
      title: 'La réponse de la banque n’est pas arrivée',
      advice: 'Aucun montant n’a été débité. Vous pouvez recommencer.',
    },
    en: {
      title: 'The answer of the bank did not arrive',
      advice: 'No money was taken. You may start again.',
    },
  },
  'temporarily-unavailable': {
    status: 503,
    fr: { title: 'Service momentanément indisponible', advice: 'Vous pouvez réessayer dans quelques minutes.' },
    en: { title: 'Service temporarily unavailable', advice: 'You may try again in a few minutes.' },
  },
  'internal-error': {
    status: 500,
    fr: {
      title: 'Un problème est survenu',
      advice:
        'Le problème vient de notre côté, et il est enregistré. Avant de recommencer, regardez sur la page de paiement où en est votre paiement.',
    },
    en: {
      title: 'Something went wrong',
      advice:
        'The fault is ours, and is on record. Before you start again, see on the payment page how your payment stands.',
    },
  },
} as const satisfies Partial<Record<ErrorCode, PageError>>;

/** A code that a citizen has a page for. */
export type PageErrorCode = keyof typeof pageErrors;

const errorFrameTexts = {
  fr: {
    error: 'Erreur\u00a0:',
    reference: 'Référence à communiquer à votre collectivité\u00a0:',
    back: 'Revenir à la page de paiement',
  },
  en: { error: 'Error:', reference: 'Reference to give to your local authority:', back: 'Back to the payment page' },
} as const satisfies Record<Language, Record<string, string>>;

export interface ErrorView {
  readonly code: PageErrorCode;
  readonly language: Language;
  /** Id of the request, `''` when it has none; shown where people will have to look into it. */
  readonly reference?: string;
  /** Of the item's page. */
  readonly address?: string | undefined;
}

/** The page of an error. */
export function renderError(view: ErrorView): APIGatewayProxyStructuredResultV2 {
  const { language, code } = view;
  const { status, [language]: texts } = pageErrors[code];
  // A bad link says nothing of what it might have led to: one page for all.
  const isBadLink = code === 'not-found';
  return pageAnswer({
    language,
    title: `${errorFrameTexts[language].error} ${texts.title}`,
    status,
    headers: code === 'method-not-allowed' ? { Allow: 'GET, HEAD, POST' } : {},
    body: markup`${renderHeading(texts.title, 'problem')}
<p>${texts.advice}</p>
${isBadLink ? undefined : renderFollowUp(view, status >= 500 || code === 'too-many-attempts')}`,
  });
}

/** Whether a citizen has words for a code. */
export function isPageErrorCode(code: ErrorCode): code is PageErrorCode {
  return Object.hasOwn(pageErrors, code);
}

function renderFollowUp({ language, reference, address }: ErrorView, isForPeople: boolean): Markup {
  const texts = errorFrameTexts[language];
  const isReferenceShown = isForPeople && reference !== undefined && reference !== '';
  return markup`${isReferenceShown ? markup`<p>${texts.reference} <code>${reference}</code></p>` : undefined}
${address === undefined ? undefined : markup`<p class="links"><a href="${address}">${texts.back}</a></p>`}`;
}
