/** What a citizen reads when a page cannot do what was asked: from a code to a status and sentences. */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ErrorCode } from '../../values/errors.ts';
import type { PageErrorCode } from './languages/language.ts';
import { languages, type PageLanguage } from './languages/languages.ts';
import { pageAnswer } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { renderHeading } from './paymentView.ts';

/** The codes that can reach a page, with the status of each. */
export const pageErrors = {
  'not-found': 404,
  'method-not-allowed': 405,
  'payload-too-large': 413,
  'temporarily-unavailable': 503,
  'internal-error': 500,
} as const satisfies Record<PageErrorCode, number>;

export interface ErrorView {
  readonly code: PageErrorCode;
  readonly language: PageLanguage;
  /** Id of the request, `''` when it has none; shown where people will have to look into it. */
  readonly reference?: string;
  /** Of the item's page. */
  readonly address?: string | undefined;
}

/** The page of an error. */
export function renderError(view: ErrorView): APIGatewayProxyStructuredResultV2 {
  const { language, code } = view;
  const status = pageErrors[code];
  const { frame, errors } = languages[language];
  const texts = errors[code];
  // A bad link says nothing of what it might have led to: one page for all.
  const isBadLink = code === 'not-found';
  return pageAnswer({
    language,
    title: `${frame.error} ${texts.title}`,
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
  const texts = languages[language].frame;
  const isReferenceShown = isForPeople && reference !== undefined && reference !== '';
  return markup`${isReferenceShown ? markup`<p>${texts.reference} <code>${reference}</code></p>` : undefined}
${address === undefined ? undefined : markup`<p class="links"><a href="${address}">${texts.back}</a></p>`}`;
}
