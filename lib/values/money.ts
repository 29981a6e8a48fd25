/** Money: an integer number of cents of one currency, parsed and formatted here only. */
import { AppError } from './errors.ts';

export const currency = 'EUR';

/** Largest amount a bank's twelve-digit field can hold, in cents. */
export const maximumAmountCents = 999_999_999_999;

/** `coefficient / 10 ** scale`, exactly. */
interface Decimal {
  readonly coefficient: bigint;
  readonly scale: number;
}

/**
 * Sums amounts in euros as exact decimals and rounds the sum once, half up, to the cent.
 *
 * @param parts JSON numbers (read from their shortest decimal text, so 10.055 is 10.055) or strings, as short as the schema of
 *   the request has them: optional `+`, ASCII digits, at most one `.` or `,`, and as French people write, thousands parted by
 *   one space of any of three kinds and a `€` at the end (`1 000,50 €`). One at least.
 * @returns a positive number of cents.
 * @throws AppError `invalid-amount` for a part that is unreadable or negative, or a sum that rounds to nothing;
 *   `amount-too-high` past what any bank can take.
 */
export function parseAmountCents(parts: readonly (string | number)[]): number {
  const sum = parts.map(parseDecimal).reduce(add, { coefficient: 0n, scale: 0 });
  const cents = roundToCents(sum);
  if (cents <= 0n) throw new AppError('invalid-amount');
  if (cents > BigInt(maximumAmountCents)) throw new AppError('amount-too-high');
  return Number(cents);
}

/** `1005` → `10,05 €`, as French pages and terminals show it. */
export function formatEuros(cents: number): string {
  return new Intl.NumberFormat('fr-FR', { style: 'currency', currency }).format(cents / 100);
}

// Thousands stand three by three, from the first of them on: `1 00` or `1 0000` may be two numbers, or a slip.
const decimalText = /^\+?(\d*|[1-9]\d{0,2}(?:[ \u00A0\u202F]\d{3})+)(?:[.,](\d*))?(?:[ \u00A0\u202F]?€)?$/;
const numberText = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

function parseDecimal(part: string | number): Decimal {
  const match = (typeof part === 'number' ? numberText : decimalText).exec(String(part));
  if (match === null) throw new AppError('invalid-amount');
  const [, grouped = '', fraction = '', exponent = '0'] = match;
  const whole = grouped.replace(/\D/g, '');
  if (whole + fraction === '') throw new AppError('invalid-amount');
  const coefficient = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { coefficient, scale } : { coefficient: coefficient * 10n ** BigInt(-scale), scale: 0 };
}

function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { coefficient: rescale(a, scale) + rescale(b, scale), scale };
}

function rescale({ coefficient, scale }: Decimal, wanted: number): bigint {
  return scale === wanted ? coefficient : coefficient * 10n ** BigInt(wanted - scale);
}

function roundToCents({ coefficient, scale }: Decimal): bigint {
  const divisor = 10n ** BigInt(scale);
  return (coefficient * 200n + divisor) / (2n * divisor);
}
