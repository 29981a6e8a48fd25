/** The data of a payment page, and the pieces that several pages share. */
import { type Item, mayCancel } from '../../item/item.ts';
import type { Obstacle } from '../../payment/obstacle.ts';
import { attemptToShow } from '../../payment/situation.ts';
import type { Regie } from '../../regie/regie.ts';
import { parisDay } from '../../values/days.ts';
import { languages, type PageLanguage } from './languages/languages.ts';
import { type Markup, markup, trusted } from './markup.ts';

export interface PaymentView {
  readonly item: Item;
  readonly regie: Regie;
  readonly now: Date;
  readonly language: PageLanguage;
  /** Relative address of the item's page; its forms post to `${address}/pay` and `${address}/cancel`. */
  readonly address: string;
  /** Why the item cannot be paid online, even while it waits. */
  readonly obstacle?: Obstacle | undefined;
  /** Whether the bank requires an email, and the item has none that the bank takes. */
  readonly asksEmail: boolean;
  /** Whether the bank does not take the email that was typed just now. */
  readonly isEmailInvalid: boolean;
  /** Whether the request just made failed before anything of it could be kept. */
  readonly isInterrupted: boolean;
  /** False once the citizen has asked that the page stop refreshing itself. */
  readonly refreshesItself: boolean;
}

/** The look of a page's message. The words say the same. */
export type Tone = 'done' | 'waiting' | 'problem' | 'removed';

const strokes = {
  done: '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
  waiting: '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
  problem: '<path d="M12 5.5v8M12 18.4v.1"/>',
  removed: '<path d="M6 12h12"/>',
} as const satisfies Record<Tone, string>;

/** The heading of a page that tells how things stand, under a mark that screen readers leave out. */
export function renderHeading(heading: string, tone: Tone): Markup {
  return markup`<div class="mark ${tone}"><svg viewBox="0 0 24 24" aria-hidden="true">${trusted(strokes[tone])}</svg></div>
<h1>${heading}</h1>`;
}

/** The item's label. Once that is erased, the regie's default label. */
export function labelOf({ item, regie }: Pick<PaymentView, 'item' | 'regie'>): string {
  return item.label ?? regie.defaultLabel;
}

/** The item's label and amount, under a heading that says something else. */
export function renderSummary(view: Pick<PaymentView, 'item' | 'regie' | 'language'>): Markup {
  return markup`<div class="summary">
<p class="label">${labelOf(view)}</p>
<p class="amount">${languages[view.language].formats.amount(view.item.amountCents)}</p>
</div>`;
}

/** The link back to the form and, while the citizen may cancel, the link to do so. */
export function renderLinks({ item, now, language, address }: PaymentView): Markup | undefined {
  const texts = languages[language].payment;
  const form = item.url === undefined ? undefined : webAddress(item.url);
  const isRemovable = mayCancel(item, now);
  if (form === undefined && !isRemovable) return undefined;
  return markup`<p class="links">
${form === undefined ? undefined : markup`<a href="${form}">${texts.backToForm}</a>`}
${isRemovable ? markup`<a class="quiet" href="${address}/cancel">${texts.remove}</a>` : undefined}
</p>`;
}

/** The button that leads to the bank, and all that the citizen should know before. */
export function renderPayForm(view: PaymentView): Markup {
  const { item, now, language, address } = view;
  const texts = languages[language].payment;
  const { captureDate } = item;
  const isDebitedLater = captureDate !== undefined && captureDate > parisDay(now);
  return markup`${isDebitedLater ? markup`<p>${texts.debitedOn(languages[language].formats.day(captureDate))}</p>` : undefined}
<form method="post" action="${address}/pay">
${view.asksEmail ? renderEmailField(view) : undefined}
<button type="submit">${texts.pay}</button>
</form>
<p class="hint">${texts.atTheBank}</p>`;
}

/** The fault of the email, if the page is shown because of it. */
export function emailError({ asksEmail, isEmailInvalid, item, language }: PaymentView): string | undefined {
  if (!asksEmail) return undefined;
  const texts = languages[language].payment;
  if (isEmailInvalid) return texts.emailInvalid;
  const { failure } = attemptToShow(item) ?? {};
  if (failure === 'typed-email') return texts.typedEmailRefused;
  const isItemEmail = failure === 'item-email' || (failure === undefined && item.email !== undefined);
  return isItemEmail ? texts.itemEmailRefused : undefined;
}

/** An address that may stand in a link: `https` or `http`, and nothing else. */
function webAddress(text: string): string | undefined {
  const address = URL.parse(text);
  return address?.protocol === 'https:' || address?.protocol === 'http:' ? address.href : undefined;
}

function renderEmailField(view: PaymentView): Markup {
  const texts = languages[view.language].payment;
  const error = emailError(view);
  const state =
    error === undefined
      ? markup`aria-describedby="email-hint"`
      : markup`aria-invalid="true" aria-describedby="email-error email-hint"`;
  return markup`<div class="field">
<label for="email">${texts.email}</label>
<p class="hint" id="email-hint">${texts.emailHint}</p>
${error === undefined ? undefined : markup`<p class="error" id="email-error">${error}</p>`}
<input type="email" id="email" name="email" autocomplete="email" required ${state}>
</div>`;
}
