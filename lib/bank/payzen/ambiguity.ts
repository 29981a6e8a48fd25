/**
 * Whether a signed message of PayZen could be another message, cut anew. Pure.
 *
 * The gateway signs only the values, joined by `+` in the order of their names. So whoever holds a signed text (our own form,
 * or the bank's word of a refusal) can give its values other names. They can also cut a value in two at a `+`, for example in a
 * name that was typed at the bank. The signature stays right. Nobody can change the parts between the `+`, or their order.
 *
 * That order tells messages apart. Names are in alphabetical order, so in every text that the gateway or we have signed
 *
 * - the amount is the first number: no other number, and nothing that people type, has a name before `vads_amount`;
 * - the status stands right behind the date and the number of its form: no name lies between `vads_trans_date`,
 *   `vads_trans_id` and `vads_trans_status`. In our own form, an address stands there.
 *
 * So it does not matter if somebody types one of the gateway's words: it stands in neither place. If somebody types a date, a
 * number and a status with a `+` between them, there is a second such place. The true one is still there, and the two disagree.
 * The reference has no place of its own, but a shape that nobody types by chance: another text of that shape is suspect. The
 * mode needs no guard, since each mode has its own key.
 *
 * Assumed: only the gateway and this service sign with the key.
 */
import { type Fields, type SignedPart, signedParts } from './payzenSignature.ts';
import { findOutcome } from './statuses.ts';

/** The shape of a reference, as `attemptReference` makes it. */
const referenceShape = /^[0-7][0-9a-hjkmnp-tv-z]{25}\d\d$/;

/**
 * A date, a number, and the part behind them: a status, known or not; in our own form, an address; without either, the
 * gateway's name of the transaction.
 */
const placeShapes = [/^\d{14}$/, /^[0-9A-Za-z]{6}$/, /^([A-Z][A-Z0-9_]+|https?:.*|[0-9a-f]{20,40})$/s] as const;

/** The gateway's own name of a transaction. */
const nameShape = /^[0-9a-f]{20,40}$/;

/** The known names that begin with `vads_trans_`. Another such name is new to us, and could stand anywhere among them. */
const statusNames = ['vads_trans_date', 'vads_trans_id', 'vads_trans_status', 'vads_trans_uuid'];

/**
 * Whether somebody could have made the message from a genuine one that says something else. It then proves nothing by itself.
 */
export function isAmbiguous(fields: Fields): boolean {
  const parts = signedParts(fields);
  return !(isAmountClear(parts) && isReferenceClear(parts, fields['vads_order_id']) && isStatusClear(parts));
}

function isAmountClear(parts: readonly SignedPart[]): boolean {
  return parts.find(({ text }) => /^\d+$/.test(text))?.name === 'vads_amount';
}

function isReferenceClear(parts: readonly SignedPart[], reference: string | undefined): boolean {
  return parts.every(({ text }) => text === reference || !referenceShape.test(text));
}

function isStatusClear(parts: readonly SignedPart[]): boolean {
  const own = parts.findIndex(({ name }) => name === 'vads_trans_date');
  const claimed = placeAt(parts, own);
  const places = parts.map((_, index) => placeAt(parts, index)).filter((place) => place !== undefined);
  if (places.some((place) => place !== claimed)) return false;
  const behind = claimed === undefined ? undefined : parts[own + 2];
  const isStatus = behind?.name === 'vads_trans_status';
  // A part that stands in the place of a status is one, whatever its name here.
  if (behind !== undefined && !isStatus && !nameShape.test(behind.text)) return false;
  if (isStatus && parts.every(({ name }) => isFamiliar(name))) return true;
  // If nothing tells where the status stands, no other part may be a known status.
  return parts.every(({ name, text }) => name === 'vads_trans_status' || findOutcome(text) === undefined);
}

function isFamiliar(name: string): boolean {
  return !name.startsWith('vads_trans_') || statusNames.includes(name);
}

/** The date, the number and the part behind them, if they have the shapes of such a place; otherwise undefined. */
function placeAt(parts: readonly SignedPart[], index: number): string | undefined {
  const place = parts.slice(index, index + placeShapes.length).map(({ text }) => text);
  const isPlace = index >= 0 && placeShapes.every((shape, offset) => shape.test(place[offset] ?? ''));
  return isPlace ? place.join('+') : undefined;
}
