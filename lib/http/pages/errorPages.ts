/** What a citizen reads when a page cannot do what was asked: from a code to a status and sentences. */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Language } from '../../platform/config.ts';
import type { ErrorCode } from '../../values/errors.ts';
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
${isBadLink ? undefined : renderFollowUp(view, status >= 500)}`,
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
