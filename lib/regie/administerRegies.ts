/** What an operator does with regies. Each is safe to repeat: a command that stopped halfway is run again. */
import { banks } from '../payment/banks.ts';
import type { Regie, RegieCatalogue, RegieSettings } from './regie.ts';
import type { RegieRegister } from './regieRegister.ts';

/** Shape of `schemas/regieFile.schema.json`. */
export interface RegieFile extends RegieSettings {
  readonly default?: boolean;
}

/** An operation that was refused; the message is a sentence for the operator. */
export class RegieRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RegieRefusal';
  }
}

/**
 * Writes a regie from its file, active, whether it is new, changed, disabled or removed before.
 *
 * @throws RegieRefusal when its id or slug is another's, its limits contradict, or somebody changed it meanwhile.
 */
export async function putRegie(register: RegieRegister, { default: isDefault, ...settings }: RegieFile): Promise<void> {
  checkLimits(settings);
  const before = findById(await register.load(), settings.id);
  const names = namesOf(settings);
  if (!(await register.claimNames(settings.id, names))) {
    throw new RegieRefusal(`An id or slug is already used by another regie: ${names.join(', ')}.`);
  }
  await save(register, settings, { status: 'active', readVersion: before?.version ?? 0 });
  const releasedNames = (before === undefined ? [] : namesOf(before)).filter((name) => !names.includes(name));
  await register.changeCatalogue({ regieId: settings.id, releasedNames, isDefault });
}

/** From now on (a minute, at most, in running functions) the regie takes no new item. @throws RegieRefusal. */
export async function disableRegie(register: RegieRegister, id: string): Promise<void> {
  const { version, status, ...settings } = existing(await register.load(), id);
  if (status === 'active') await save(register, settings, { status: 'disabled', readVersion: version });
}

/**
 * Takes a regie off the list and frees its slug. The row stays: an item that a running function added to it a moment ago
 * can still be paid.
 *
 * @param countUnsettled number of items of a regie that wait for money.
 * @throws RegieRefusal while something waits.
 */
export async function removeRegie(
  register: RegieRegister,
  id: string,
  countUnsettled: (regieId: string) => Promise<number>,
): Promise<void> {
  const { version, status, ...settings } = existing(await register.load(), id);
  const unsettled = await countUnsettled(id);
  if (unsettled > 0) throw new RegieRefusal(`${unsettled} item(s) of the regie ${id} still wait to be paid.`);
  await save(register, settings, { status: 'removed', readVersion: version });
  const releasedNames = namesOf(settings).filter((name) => name !== id);
  await register.changeCatalogue({ regieId: id, releasedNames, isDefault: false });
}

interface Saving {
  readonly status: Regie['status'];
  readonly readVersion: number;
}

async function save(register: RegieRegister, settings: RegieSettings, { status, readVersion }: Saving): Promise<void> {
  if (await register.save(settings, status, readVersion)) return;
  throw new RegieRefusal(`The regie ${settings.id} has just been changed by somebody else: look at it and try again.`);
}

function findById({ regies }: RegieCatalogue, wanted: string): Regie | undefined {
  return regies.find(({ id }) => id === wanted);
}

function existing(catalogue: RegieCatalogue, id: string): Regie {
  const regie = findById(catalogue, id);
  if (regie === undefined || regie.status === 'removed') throw new RegieRefusal(`There is no regie with the id ${id}.`);
  return regie;
}

function namesOf({ id, slug }: RegieSettings): string[] {
  return slug === undefined || slug === id ? [id] : [id, slug];
}

function checkLimits({ bank, minimumCents = 0, maximumCents = Number.POSITIVE_INFINITY }: RegieSettings): void {
  const lowest = Math.max(minimumCents, banks[bank].minimumCents);
  const highest = Math.min(maximumCents, banks[bank].maximumCents);
  if (lowest > highest) throw new RegieRefusal('minimumCents: no amount lies between the minimum and the maximum.');
}
