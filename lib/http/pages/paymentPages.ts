/** The pages of a payment address: a table from each to the situations that it is for, and the two that stand between. */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Redirect } from '../../bank/paymentProvider.ts';
import type { Obstacle } from '../../payment/obstacle.ts';
import { attemptToShow, resumableRedirect, type Situation, situationOf } from '../../payment/situation.ts';
import type { Regie } from '../../regie/regie.ts';
import type { Message } from './languages/language.ts';
import { languages, type PageLanguage } from './languages/languages.ts';
import { pageAnswer } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import {
  emailError,
  labelOf,
  type PaymentView,
  renderHeading,
  renderLinks,
  renderPayForm,
  renderSummary,
  type Tone,
} from './paymentView.ts';

interface Content {
  readonly title: string;
  readonly body: Markup;
  /** After how many seconds the page asks for itself again. */
  readonly refreshSeconds?: number;
}

/** What one page shows; it is only asked in its own situations. */
interface PaymentPage<Own extends Situation = Situation> {
  readonly situations: readonly Own[];
  render(view: PaymentView, situation: Own): Content;
}

/** Infers a page's own situations from its list. */
function definePage<Own extends Situation>(situations: readonly Own[], render: PaymentPage<Own>['render']) {
  return { situations, render } satisfies PaymentPage<Own>;
}

/** Each page, with the situations that it is for: every situation is in one, and in one only. */
export const pages = {
  toPay: definePage(['unpaid'], toPay),
  underWay: definePage(['opening', 'open', 'pending'], underWay),
  registered: definePage(['accepted', 'paid-later'], registered),
  paid: definePage(['paid'], paid),
  notPaid: definePage(['refused', 'abandoned', 'expired', 'failed'], notPaid),
  unconfirmed: definePage(['unconfirmed'], unconfirmed),
  cancelled: definePage(['cancelled'], cancelled),
} as const;

/** The page of an item as it stands: 200, or 503 while its regie cannot take a payment. */
export function renderPayment(view: PaymentView): APIGatewayProxyStructuredResultV2 {
  const { regie, language, address, refreshesItself } = view;
  const situation = situationOf(view.item, view.now);
  const page: PaymentPage = pageOf(situation);
  const { title, body, refreshSeconds } = page.render(view, situation);
  const isRefreshed = refreshSeconds !== undefined && refreshesItself;
  return pageAnswer({
    language,
    title,
    regie,
    contact: regie.contact,
    body: markup`${renderInterruption(view)}${body}${renderLinks(view)}`,
    ...(view.item.state === 'waiting' && view.obstacle === 'bank-not-configured' ? { status: 503 } : {}),
    headers: isRefreshed ? { Refresh: `${refreshSeconds}; url=${address}` } : {},
  });
}

/** Asks before the item is cancelled. */
export function renderCancelConfirmation(
  view: Pick<PaymentView, 'item' | 'regie' | 'language' | 'address'>,
): APIGatewayProxyStructuredResultV2 {
  const { regie, language, address } = view;
  const { confirmRemoval, remove, keep } = languages[language].payment;
  return pageAnswer({
    language,
    title: confirmRemoval.heading,
    regie,
    contact: regie.contact,
    body: markup`<h1>${confirmRemoval.heading}</h1>
<p>${confirmRemoval.sentence}</p>
${renderSummary(view)}
<form method="post" action="${address}/cancel" class="choice">
<button class="second" name="choice" value="keep">${keep}</button>
<button class="grave" name="choice" value="remove">${remove}</button>
</form>`,
  });
}

/** A bank that wants its order posted, by the citizen's browser. */
export interface FormRedirectView {
  readonly language: PageLanguage;
  readonly regie: Regie;
  readonly redirect: Extract<Redirect, { method: 'POST' }>;
}

/** Says where the citizen is led, with the button that takes the bank's fields there. */
export function renderFormRedirect({ language, regie, redirect }: FormRedirectView): APIGatewayProxyStructuredResultV2 {
  const { toTheBank, goOn } = languages[language].payment;
  const { heading, sentence } = toTheBank(new URL(redirect.url).host);
  const fields = Object.entries(redirect.fields).map(
    ([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`,
  );
  return pageAnswer({
    language,
    title: heading,
    regie,
    contact: regie.contact,
    body: markup`<h1>${heading}</h1>
<p>${sentence}</p>
<form method="post" action="${redirect.url}">${fields}<button type="submit">${goOn}</button></form>`,
  });
}

function pageOf(situation: Situation): PaymentPage {
  const all: readonly PaymentPage[] = Object.values(pages);
  const found = all.find(({ situations }) => situations.includes(situation));
  if (found === undefined) throw new Error(`No page is for the situation ${situation}.`);
  return found;
}

function toPay(view: PaymentView): Content {
  const { item, language, obstacle } = view;
  if (obstacle !== undefined) return notPayable(view, obstacle);
  const texts = languages[language].payment;
  const amount = languages[language].formats.amount(item.amountCents);
  const label = labelOf(view);
  return {
    title: titleOfForm(view, texts.toPay(amount, label)),
    body: markup`<h1>${label}</h1>
<p class="amount">${amount}</p>
${renderPayForm(view)}`,
  };
}

function underWay(view: PaymentView, situation: 'opening' | 'open' | 'pending'): Content {
  const { item, now, language, address } = view;
  const texts = languages[language].payment;
  const message = texts.underWay[situation];
  const refreshSeconds = situation === 'opening' ? 2 : 15;
  const isResumable = resumableRedirect(item, now) !== undefined;
  return {
    title: message.heading,
    refreshSeconds,
    body: markup`${renderMessage(view, message, 'waiting')}
${renderDeadline(view, situation)}
${
  isResumable
    ? markup`<form method="post" action="${address}/pay"><button type="submit">${texts.resume}</button></form>`
    : undefined
}
${renderRefreshing(view, refreshSeconds)}
${renderSummary(view)}`,
  };
}

function registered(view: PaymentView): Content {
  const { item, language } = view;
  const { registered: message, debitedOn, ifAuthorised } = languages[language].payment;
  const captureDate = attemptToShow(item)?.captureDate;
  const debit = captureDate === undefined ? '' : debitedOn(languages[language].formats.day(captureDate));
  const condition = item.state === 'waiting' ? ifAuthorised : '';
  return {
    title: message.heading,
    body: markup`${renderMessage(view, { ...message, sentence: `${message.sentence} ${debit} ${condition}` }, 'done')}
${renderOwnText(view)}
${renderSummary(view)}
${renderReceipt(view)}`,
  };
}

function paid(view: PaymentView): Content {
  const message = languages[view.language].payment.paid;
  return {
    title: message.heading,
    body: markup`${renderMessage(view, message, 'done')}
${renderOwnText(view)}
${renderSummary(view)}
${renderReceipt(view)}`,
  };
}

function notPaid(view: PaymentView, situation: 'refused' | 'abandoned' | 'expired' | 'failed'): Content {
  if (view.obstacle !== undefined) return notPayable(view, view.obstacle);
  const { notPaid, notOpened } = languages[view.language].payment;
  const { failure } = attemptToShow(view.item) ?? {};
  const message = failure === undefined ? notPaid[situation] : notOpened[failure];
  return {
    title: titleOfForm(view, message.heading),
    body: markup`${renderMessage(view, message, 'problem')}
${failure === 'rejected' ? renderReference(view) : undefined}
${renderSummary(view)}
${renderPayForm(view)}`,
  };
}

/** It waits, and nothing that the citizen may do here gets it paid. */
function notPayable(view: PaymentView, obstacle: Obstacle): Content {
  const message = languages[view.language].payment.obstacles[obstacle];
  return {
    title: message.heading,
    body: markup`${renderMessage(view, message, 'problem')}
${renderReference(view)}
${renderSummary(view)}`,
  };
}

function unconfirmed(view: PaymentView): Content {
  const message = languages[view.language].payment.unconfirmed;
  return {
    title: message.heading,
    body: markup`${renderMessage(view, message, 'problem')}
${renderSummary(view)}
${renderReceipt(view)}`,
  };
}

function cancelled(view: PaymentView): Content {
  const message = languages[view.language].payment.cancelled;
  return {
    title: message.heading,
    body: markup`${renderMessage(view, message, 'removed')}
${renderSummary(view)}`,
  };
}

/** An error comes first, where a screen reader begins. */
function titleOfForm(view: PaymentView, title: string): string {
  return emailError(view) !== undefined ? `${languages[view.language].payment.errorTitle} – ${title}` : title;
}

/** Something failed on our side: what the page says below is true all the same. */
function renderInterruption({ item, isInterrupted, language }: PaymentView): Markup | undefined {
  const isShown = isInterrupted && item.state === 'waiting';
  return isShown ? markup`<p class="note" role="alert">${languages[language].payment.interrupted}</p>` : undefined;
}

/** What people ask for, who have to look into it. */
function renderReference({ item, language }: PaymentView): Markup {
  return markup`<p>${languages[language].payment.referenceToGive} <code>${item.id}</code></p>`;
}

/** How things stand, and what people have still to put right. */
function renderMessage(view: PaymentView, { heading, sentence }: Message, tone: Tone): Markup {
  return markup`${renderHeading(heading, tone)}
<p>${sentence}</p>
${renderNotes(view)}`;
}

/** What people have still to put right, as far as it is the citizen's business. */
function renderNotes({ item, regie, language }: PaymentView): Markup[] {
  const { moneyToRefund, authorisationFailed, contact } = languages[language].payment;
  const open = Object.values(item.alerts ?? {}).filter(({ closedAt }) => closedAt === undefined);
  const kinds = new Set(open.map(({ kind }) => kind));
  const isExcess = kinds.has('money-to-refund') && item.state !== 'waiting';
  const isFailure = kinds.has('authorisation-failed') && item.state === 'waiting';
  return [
    ...(isExcess ? [markup`<p class="note">${moneyToRefund} ${regie.contact && contact(regie.contact)}</p>`] : []),
    ...(isFailure ? [markup`<p class="note">${authorisationFailed}</p>`] : []),
  ];
}

/** Until when the citizen may pay at the bank, or until when its answer is waited for. */
function renderDeadline({ item, now, language }: PaymentView, situation: 'opening' | 'open' | 'pending') {
  const texts = languages[language].payment;
  const { lockedUntil } = item;
  const { sessionEndsAt = lockedUntil } = attemptToShow(item) ?? {};
  const end = situation === 'open' ? sessionEndsAt : lockedUntil;
  if (end === undefined || situation === 'opening') return undefined;
  const until = languages[language].formats.until(new Date(end), now);
  return markup`<p>${situation === 'open' ? texts.openUntil(until) : texts.pendingUntil(until)}</p>`;
}

/** A page that changes by itself says so, and can be stopped: WCAG 2.2, success criterion 2.2.1. */
function renderRefreshing({ language, address, refreshesItself }: PaymentView, seconds: number): Markup {
  const { refreshing, stopRefreshing, refresh } = languages[language].payment;
  return refreshesItself
    ? markup`<p class="hint">${refreshing(seconds)}</p>
<p class="links"><a href="${address}?refresh=no">${stopRefreshing}</a></p>`
    : markup`<p class="links"><a href="${address}">${refresh}</a></p>`;
}

/** What the regie has to say to those who have paid. */
function renderOwnText({ item, regie: { paidText } }: PaymentView): Markup | undefined {
  return item.state === 'paid' && paidText !== undefined ? markup`<p class="own-text">${paidText}</p>` : undefined;
}

/** What the citizen may note, or print. */
function renderReceipt({ item, language }: PaymentView): Markup {
  const { paidOn, acceptedOn, reference } = languages[language].payment;
  const instant = item.paidAt ?? attemptToShow(item)?.acceptedAt;
  const time = instant === undefined ? undefined : languages[language].formats.dayAndTime(new Date(instant));
  const name = item.paidAt === undefined ? acceptedOn : paidOn;
  return markup`<dl>
${time === undefined ? undefined : markup`<div><dt>${name}</dt><dd>${time}</dd></div>`}
<div><dt>${reference}</dt><dd><code>${item.id}</code></dd></div>
</dl>`;
}
