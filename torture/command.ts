/** What a command of the model-based part is: one thing done to the real basket, and what must come of it by the model. */
import assert from 'node:assert/strict';
import type fc from 'fast-check';
import { isBelieved, type ModelItem } from './model.ts';
import { browse, checkItem, type Model, type World } from './world.ts';

export type Command = fc.AsyncCommand<Model, World>;
export type Both = { readonly model: Model; readonly world: World };
export type Act = (both: Both) => Promise<void>;

/** @param text what a failure prints: enough to do the same by hand. */
export function aCommand(text: string, act: Act, needs: (model: Readonly<Model>) => boolean = () => true): Command {
  return {
    check: needs,
    async run(model, world) {
      world.tally.count('commands');
      await act({ model, world });
    },
    toString: () => text,
  };
}

const hasItems = ({ items }: Readonly<Model>): boolean => items.length > 0;

/** A command about one of the items that there are. */
export function anItemCommand(
  text: string,
  chosen: number,
  act: (both: Both, item: ModelItem) => Promise<void>,
): Command {
  const actOnItem: Act = async (both) => {
    const item = itemOf(both.model, chosen);
    await act(both, item);
    await checkItem(both, item.index);
  };
  return aCommand(`${text} (item ${chosen})`, actOnItem, hasItems);
}

/** A command at the address of one of the items, which leads nowhere when its key is too old. */
export function aPageCommand(
  text: string,
  chosen: number,
  act: (both: Both, item: ModelItem) => Promise<void>,
): Command {
  return anItemCommand(text, chosen, async (both, item) => {
    if (isBelieved(item, both.model)) return act(both, item);
    const { status } = await browse(both.world, both.world.addresses[item.index] ?? '');
    assert.equal(status, 404);
  });
}

/** The newest ones are chosen more often: they are where something happens. */
function itemOf({ items }: Model, chosen: number): ModelItem {
  const item = items[items.length - 1 - (chosen % Math.min(items.length, 4))];
  assert(item !== undefined);
  return item;
}
