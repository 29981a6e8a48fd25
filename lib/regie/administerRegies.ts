/**
 * An operator's changes of regies. A regie and the names are two rows, so a change takes up to three writes: claim the names,
 * write the regie, then set the names from the regie's row. Each write is made only if its row is still as it was read. Each
 * operation may be repeated: running it again completes one that stopped halfway.
 */
import { bankProfiles } from '../bank/profiles.ts';
import { findRegie, type Names, type Regie, type RegieCatalogue, type RegieSettings } from './regie.ts';
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
 * Writes a regie from its file and makes it active, whether it is new, changed, disabled or removed.
 *
 * @throws RegieRefusal when another regie has its id or slug, when its limits contradict each other, or when somebody changed
 *   it meanwhile.
 */
export async function putRegie(register: RegieRegister, { default: isDefault, ...settings }: RegieFile): Promise<void> {
  checkLimits(settings);
  await changeNames(register, (catalogue) => claim(catalogue, settings));
  const before = byId(await register.load(), settings.id);
  const isSaved = await register.save({ ...settings, status: 'active', version: (before?.version ?? 0) + 1 });
  await changeNames(register, (catalogue) => settle(catalogue, settings.id, isSaved ? isDefault : undefined));
  if (!isSaved) throw changedMeanwhile(settings.id);
}

/** The regie takes no new item from now on (in running functions, within a minute). @throws RegieRefusal. */
export async function disableRegie(register: RegieRegister, idOrSlug: string): Promise<void> {
  const regie = findRegie(await register.load(), idOrSlug);
  if (regie === undefined || regie.status === 'removed') throw unknown(idOrSlug);
  if (regie.status === 'disabled') return;
  const isSaved = await register.save({ ...regie, status: 'disabled', version: regie.version + 1 });
  if (!isSaved) throw changedMeanwhile(regie.id);
}

/**
 * Takes a regie off the list and frees its slug. The row stays: an item that a running function added to it a moment ago can
 * still be paid.
 *
 * @param countUnsettled counts the items of a regie that wait for money.
 * @throws RegieRefusal while an item waits.
 */
export async function removeRegie(
  register: RegieRegister,
  idOrSlug: string,
  countUnsettled: (regieId: string) => Promise<number>,
): Promise<void> {
  const catalogue = await register.load();
  // A put that stopped halfway may have claimed a name for a regie that was never written.
  const id = Object.hasOwn(catalogue.names, idOrSlug) ? catalogue.names[idOrSlug] : undefined;
  if (id === undefined) throw unknown(idOrSlug);
  const regie = byId(catalogue, id);
  const unsettled = await countUnsettled(id);
  if (unsettled > 0) throw new RegieRefusal(`${unsettled} item(s) of the regie ${id} still wait to be paid.`);
  const isSaved =
    regie === undefined ||
    regie.status === 'removed' ||
    (await register.save({ ...regie, status: 'removed', version: regie.version + 1 }));
  await changeNames(register, (current) => settle(current, id, undefined));
  if (!isSaved) throw changedMeanwhile(id);
}

/** Tries to change the names while somebody else changes them. */
const maximumTries = 5;

async function changeNames(register: RegieRegister, change: (catalogue: RegieCatalogue) => Names): Promise<void> {
  for (let tries = 0; tries < maximumTries; tries += 1) {
    const catalogue = await register.load();
    if (await register.saveNames(change(catalogue), catalogue.version)) return;
  }
  throw new RegieRefusal('The regies are being changed by somebody else: try again.');
}

/** The names, with this regie's own added. @throws RegieRefusal when another regie has one of them. */
function claim(catalogue: RegieCatalogue, settings: RegieSettings): Names {
  const wanted = namesOf(settings);
  const taken = wanted.find((name) => Object.hasOwn(catalogue.names, name) && catalogue.names[name] !== settings.id);
  if (taken !== undefined) throw new RegieRefusal(`${taken} is already used by the regie ${catalogue.names[taken]}.`);
  return { ...namesIn(catalogue), names: { ...catalogue.names, ...toEntries(wanted, settings.id) } };
}

/** The names, set from the regie's row, whoever wrote that last. Moves the default too, if asked. */
function settle(catalogue: RegieCatalogue, id: string, isDefault: boolean | undefined): Names {
  const regie = byId(catalogue, id);
  const own = regie === undefined ? {} : toEntries(regie.status === 'removed' ? [id] : namesOf(regie), id);
  const others = Object.fromEntries(Object.entries(catalogue.names).filter(([, owner]) => owner !== id));
  // A name that went to another regie after our claim stays there.
  const names = { ...own, ...others };
  const isListed = regie !== undefined && regie.status !== 'removed';
  const wasDefault = catalogue.defaultRegieId === id;
  if (isListed && (isDefault ?? wasDefault)) return { names, defaultRegieId: id };
  return { ...namesIn(wasDefault ? { names } : catalogue), names };
}

function namesIn({ names, defaultRegieId }: Names): Names {
  return defaultRegieId === undefined ? { names } : { names, defaultRegieId };
}

function namesOf({ id, slug }: RegieSettings): string[] {
  return slug === undefined ? [id] : [id, slug];
}

function toEntries(names: readonly string[], id: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, id]));
}

function byId(catalogue: RegieCatalogue, id: string): Regie | undefined {
  return catalogue.regies.find((regie) => regie.id === id);
}

function unknown(id: string): RegieRefusal {
  return new RegieRefusal(`There is no regie with the id or slug ${id}.`);
}

function changedMeanwhile(id: string): RegieRefusal {
  return new RegieRefusal(`The regie ${id} has just been changed by somebody else: look at it and try again.`);
}

function checkLimits({ bank, minimumCents = 0, maximumCents = Number.POSITIVE_INFINITY }: RegieSettings): void {
  const lowest = Math.max(minimumCents, bankProfiles[bank].minimumCents);
  const highest = Math.min(maximumCents, bankProfiles[bank].maximumCents);
  if (lowest > highest) throw new RegieRefusal('minimumCents: no amount lies between the minimum and the maximum.');
}
