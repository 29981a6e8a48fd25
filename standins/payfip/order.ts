/** The fields of `creerPaiementSecurise`, and what PayFiP checks in them. Pure. */
import type { Fields } from './payment.ts';
import { Refusal } from './refusal.ts';

/** In the order of the checks: a field, whether its text is right, and the code if it is not. */
const orderRules: readonly (readonly [string, (value: string) => boolean, string])[] = [
  ['refdet', (value) => /^[A-Za-z0-9]{6,30}$/.test(value), 'R3'],
  ['montant', (value) => /^\d{1,11}$/.test(value), 'M1'],
  ['montant', (value) => Number(value) >= 100, 'M3'],
  ['montant', (value) => Number(value) <= 9_999_999, 'M5'],
  ['mel', (value) => value !== '', 'A1'],
  ['mel', (value) => /^[!-~]{6,80}$/.test(value) && value.includes('@'), 'A2'],
  ['objet', (value) => /^[A-Za-z0-9 ]{0,100}$/.test(value), 'O1'],
  ['saisie', (value) => /^[TXW]$/.test(value), 'S1'],
  ['urlnotif', isAddress, 'N1'],
  ['urlredirect', isAddress, 'D1'],
  ['exer', (value) => /^\d{4}$/.test(value), 'E1'],
];

/** @throws Refusal for the first field that is wrong, or absent. */
export function checkOrder(order: Fields): void {
  for (const [name, isRight, code] of orderRules) {
    if (!isRight(order[name] ?? '')) throw new Refusal(code);
  }
}

function isAddress(value: string): boolean {
  return value.length <= 250 && /^https?:\/\/[^\s/]/.test(value) && URL.canParse(value);
}
