/**
 * Whether a signed message of PayZen may be another one, cut anew. Pure.
 *
 * The gateway signs the values alone, joined by `+` in the order of their names. So whoever holds a signed text, our own form
 * or the bank's word of a refusal, may give its values other names, and cut one in two where it has a `+`, such as a name that
 * was typed at the bank: the signature stays right. What nobody can change are the parts between the `+`, and their order.
 *
 * That order is what tells them apart. Names are in the order of the alphabet, so in whatever the gateway or we have signed
 *
 * - the amount is the first number: no other number, and nothing that people type, has a name before `vads_amount`;
 * - the status stands right behind the date and the number of its form: no name lies between `vads_trans_date`,
 *   `vads_trans_id` and `vads_trans_status`. In our own form an address stands there.
 *
 * So a word of the gateway that somebody typed is no matter: it is in neither place. Whoever types a date, a number and a
 * status with a `+` between makes a second such place, and the true one is still there: the two disagree. The reference has
 * no place of its own, but a shape that nobody types by chance: another one of that shape is suspect. The mode needs no guard,
 * since each has a key of its own.
 *
 * Assumed: that only the gateway and this service sign with the key.
 */
import { type Fields, type SignedPart, signedParts } from './payzenSignature.ts';
import { findOutcome } from './statuses.ts';

/** As `attemptReference` makes them. */
const referenceShape = /^[0-7][0-9a-hjkmnp-tv-z]{25}\d\d$/;

/** Date, number, and what stands behind them: a status, known or not; in our own form, an address; without either, a name. */
const placeShapes = [/^\d{14}$/, /^[0-9A-Za-z]{6}$/, /^([A-Z][A-Z0-9_]+|https?:.*|[0-9a-f]{20,40})$/s] as const;

/** The gateway's own name of a transaction. */
const nameShape = /^[0-9a-f]{20,40}$/;

/** The names that begin like that of the status. Another one is new to us, and could stand anywhere among them. */
const statusNames = ['vads_trans_date', 'vads_trans_id', 'vads_trans_status', 'vads_trans_uuid'];

/** Whether a message could have been made of a genuine one that says something else: then it proves nothing by itself. */
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
  // What stands where a status does is one, whatever it is called here.
  if (behind !== undefined && !isStatus && !nameShape.test(behind.text)) return false;
  if (isStatus && parts.every(({ name }) => isFamiliar(name))) return true;
  // Where nothing tells where the status stands, no other part may be one.
  return parts.every(({ name, text }) => name === 'vads_trans_status' || findOutcome(text) === undefined);
}

function isFamiliar(name: string): boolean {
  return !name.startsWith('vads_trans_') || statusNames.includes(name);
}

/** What stands where a status may, with the date and the number before it; undefined where none may. */
function placeAt(parts: readonly SignedPart[], index: number): string | undefined {
  const place = parts.slice(index, index + placeShapes.length).map(({ text }) => text);
  const isPlace = index >= 0 && placeShapes.every((shape, offset) => shape.test(place[offset] ?? ''));
  return isPlace ? place.join('+') : undefined;
}
