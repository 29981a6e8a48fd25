/** The commands that a sequence is made of, with what each is about drawn by fast-check. */
import fc from 'fast-check';
import { buttons, magicCents } from './bankModel.ts';
import { giveUp, look, payAt, visitBank } from './citizenCommands.ts';
import type { Command } from './command.ts';
import { add, callWithKey, changeRegieTo, remove, replay, rotateKeys, wait } from './serviceCommands.ts';

const minute = 60;
const day = 86_400;
const seconds = [
  1,
  6,
  11,
  21,
  40,
  3 * minute,
  11 * minute,
  16 * minute,
  70 * minute,
  7 * 3600,
  day,
  8 * day,
  401 * day,
];

const addition = fc.record({
  amountCents: fc.oneof(fc.constantFrom(...magicCents), fc.constantFrom(1, 199, 500, 1_005, 20_000)),
  regieId: fc.constantFrom('', '', 'cantine', '12', 'mail', 'none'),
  by: fc.constantFrom('nameId' as const, 'email' as const, 'both' as const),
  cancellable: fc.boolean(),
  hasForm: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  captureInDays: fc.constantFrom(0, 0, 0, 1, 20, 366),
});
const which = fc.nat({ max: 3 });
const button = fc.constantFrom(...buttons, 'paid' as const, 'paid' as const);

/** All of them, those that make something happen repeated. */
export const commandArbitraries: readonly fc.Arbitrary<Command>[] = [
  addition.map(add),
  addition.map(add),
  fc.tuple(which, fc.record({ isOwner: fc.boolean(), notify: fc.boolean() })).map((given) => remove(...given)),
  which.map(giveUp),
  which.map(look),
  fc.tuple(which, fc.constantFrom('', '', 'c@d.fr')).map((given) => payAt(...given)),
  fc.tuple(which, fc.constantFrom('', 'c@d.fr')).map((given) => payAt(...given)),
  fc.tuple(which, fc.record({ button, comesBack: fc.boolean() })).map((given) => visitBank(...given)),
  fc.tuple(which, fc.record({ button, comesBack: fc.boolean() })).map((given) => visitBank(...given)),
  fc.tuple(which, fc.record({ comesBack: fc.boolean() })).map((given) => visitBank(...given)),
  fc.tuple(fc.nat({ max: 4 }), fc.boolean()).map((given) => replay(...given)),
  fc.nat({ max: 3 }).map(callWithKey),
  fc.constant(rotateKeys()),
  fc
    .tuple(fc.constantFrom('cantine', '12', 'mail'), fc.constantFrom('disabled', 'open', 'narrow'))
    .map((given) => changeRegieTo(...(given as Parameters<typeof changeRegieTo>))),
  fc.tuple(fc.constantFrom(...seconds), fc.constantFrom(0, 1, 2)).map((given) => wait(...given)),
  fc.tuple(fc.constantFrom(...seconds.slice(0, 8)), fc.constantFrom(0, 1)).map((given) => wait(...given)),
];
