/** The commands that a sequence is made of, with what each is about drawn by fast-check. */
import fc from 'fast-check';
import { buttons, magicCents } from './bankModel.ts';
import { giveUp, look, payAndDecide, payAt, visitBank } from './citizenCommands.ts';
import type { Command } from './command.ts';
import { add, askers, callWithKey, changeRegieTo, remove, replay, rotateKeys, wait } from './serviceCommands.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const shortWaits = [1, 6, 11, 21, 40, 3 * minute, 11 * minute, 16 * minute];
const longWaits = [70 * minute, 7 * hour, day, 8 * day, 401 * day];

const addition = fc.record({
  amountCents: fc.oneof(
    fc.constantFrom(...magicCents, ...Array.from({ length: 6 }, () => 90009)),
    fc.constantFrom(1, 199, 500, 1_005, 20_000),
  ),
  regieId: fc.constantFrom('', '', 'cantine', '12', 'mail', 'none'),
  by: fc.constantFrom('nameId' as const, 'email' as const, 'both' as const),
  cancellable: fc.boolean(),
  hasForm: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  captureInDays: fc.constantFrom(0, 0, 0, 1, 20, 366),
});
const asker = fc.constantFrom(...(Object.keys(askers) as (keyof typeof askers)[]));
/** The latest item mostly: what happens to one item again and again is what matters. */
const which = fc.constantFrom(0, 0, 0, 1, 2, 3);
const button = fc.constantFrom(...buttons, 'paid' as const, 'paid' as const);
const email = fc.constantFrom('', '', 'c@d.fr');
const regieChange = fc.record({
  id: fc.constantFrom('cantine', '12', 'mail'),
  change: fc.constantFrom('disabled' as const, 'open' as const, 'open' as const, 'narrow' as const),
});

const weighted: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [4, addition.map(add)],
  [1, fc.tuple(which, fc.record({ asker, notify: fc.boolean() })).map((given) => remove(...given))],
  [1, which.map(giveUp)],
  [1, which.map(look)],
  [3, fc.tuple(which, email).map((given) => payAt(...given))],
  [4, fc.tuple(which, fc.record({ email, button, comesBack: fc.boolean() })).map((given) => payAndDecide(...given))],
  [4, fc.tuple(which, fc.record({ button, comesBack: fc.boolean() })).map((given) => visitBank(...given))],
  [2, fc.tuple(which, fc.record({ comesBack: fc.boolean() })).map((given) => visitBank(...given))],
  [1, fc.tuple(fc.nat({ max: 4 }), fc.boolean()).map((given) => replay(...given))],
  [0.5, fc.nat({ max: 3 }).map(callWithKey)],
  [0.5, fc.constant(rotateKeys())],
  [0.5, regieChange.map(changeRegieTo)],
  [3, fc.tuple(fc.constantFrom(...shortWaits), fc.constantFrom(0, 1, 2)).map((given) => wait(...given))],
  [1, fc.tuple(fc.constantFrom(...longWaits), fc.constantFrom(0, 1, 2)).map((given) => wait(...given))],
];

/** Any of them, those that make something happen more often. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  ...weighted.map(([weight, arbitrary]) => ({ weight: weight * 2, arbitrary })),
);
