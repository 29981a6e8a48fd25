/** What the calling service, the operator and time do. */
import assert from 'node:assert/strict';
import { disableRegie } from '../lib/regie/administerRegies.ts';
import { parisDay } from '../lib/values/days.ts';
import { addPath, removePath } from '../tests/testBasket.ts';
import { type Act, aCommand, anItemCommand, type Command } from './command.ts';
import { cancel, createModelItem, isBelieved, isOwner, type ModelItem, wouldMissNews } from './model.ts';
import { changeRegie, checkItem, type Model, passTime, sendCall, wordOf, writeKeys } from './world.ts';

interface Addition {
  readonly amountCents: number;
  readonly regieId: string;
  readonly by: 'nameId' | 'email' | 'both';
  readonly cancellable: boolean;
  readonly hasForm: boolean;
  readonly captureInDays: number;
}

const users = { nameId: { nameId: 'ab1c' }, email: { email: 'a@b.fr' }, both: { nameId: 'ab1c', email: 'a@b.fr' } };

export function add(asked: Addition): Command {
  const { amountCents, regieId, by, cancellable, hasForm, captureInDays } = asked;
  return aCommand(`add ${JSON.stringify(asked)}`, async (both) => {
    const { model, world } = both;
    const nowMs = world.basket.clock.now().getTime();
    const index = model.items.length;
    const user: ModelItem['owner'] = users[by];
    const captureDay = parisDay(new Date(nowMs + captureInDays * 86_400_000));
    const answer = await sendCall(both, addPath, {
      query: {
        ...parametersOf(user),
        regie_id: regieId,
        cancellable: cancellable ? 'oui' : 'non',
      },
      body: {
        amount: (amountCents / 100).toFixed(2),
        display_name: `item ${index}`,
        ...(hasForm ? { url: world.forms.formUrl(`f${index}`) } : {}),
        ...(captureInDays === 0 ? {} : { capture_date: captureDay }),
      },
    });
    const expected = answerToAdd(model, asked);
    assert.equal(wordOf(answer), expected);
    if (expected !== 'done') return;
    const day = captureInDays === 0 ? {} : { captureDay };
    const item = { index, amountCents, cancellable, regieId: regieId || 'cantine', hasForm, owner: user, ...day };
    model.items.push(createModelItem({ ...item, keyNumber: model.keyNumber }, nowMs));
    world.ids.push(String(answer.body['id']));
    world.addresses.push(String(answer.body['payment_url']));
    await checkItem(both, index);
  });
}

function answerToAdd({ regies }: Model, { regieId, amountCents, captureInDays }: Addition): string {
  const regie = regies.get(regieId || 'cantine');
  if (regie?.isActive !== true) return '400 unknown-regie';
  if (amountCents < regie.minimumCents) return '400 amount-too-low';
  if (amountCents > regie.maximumCents) return '400 amount-too-high';
  return captureInDays > 365 ? '400 invalid-capture-date' : 'done';
}

/** On whose behalf an item is removed. */
export const askers = {
  'the NameId': { nameId: 'ab1c' },
  'the email': { email: 'a@b.fr' },
  both: { nameId: 'ab1c', email: 'a@b.fr' },
  'another NameId': { nameId: 'somebody-else' },
  'another NameId with the email': { nameId: 'somebody-else', email: 'a@b.fr' },
} as const satisfies Readonly<Record<string, ModelItem['owner']>>;

export function remove(chosen: number, { asker, notify }: { asker: keyof typeof askers; notify: boolean }): Command {
  const text = `remove by ${asker}${notify ? ', the form is to be told' : ''}`;
  return anItemCommand(text, chosen, async (both, item) => {
    const { world } = both;
    const user: ModelItem['owner'] = askers[asker];
    const answer = await sendCall(both, removePath, {
      query: parametersOf(user),
      body: { basket_item_id: world.ids[item.index], notify: String(notify) },
    });
    const nowMs = world.basket.clock.now().getTime();
    const expected = isOwner(item, user) ? cancel(item, { who: 'workflow', notify }, nowMs) : 'unknown-item';
    const status = expected === 'unknown-item' ? 404 : 409;
    assert.equal(wordOf(answer), expected === 'done' ? 'done' : `${status} ${expected}`);
  });
}

function parametersOf({ nameId, email }: ModelItem['owner']): Record<string, string> {
  return { ...(nameId === undefined ? {} : { NameId: nameId }), ...(email === undefined ? {} : { email }) };
}

export function replay(chosen: number, isOnTheOtherCall: boolean): Command {
  const text = `replay a signed URL${isOnTheOtherCall ? ' on the other call' : ''} (${chosen})`;
  const act: Act = async ({ model, world }) => {
    const { basket } = world;
    const call = model.sent[model.sent.length - 1 - (chosen % Math.min(model.sent.length, 5))];
    assert(call !== undefined);
    const other = call.path === addPath ? removePath : addPath;
    const target = isOnTheOtherCall ? call.target.replace(call.path, other) : call.target;
    const body = isOnTheOtherCall ? { amount: '5', basket_item_id: world.ids[0] ?? '7'.repeat(26) } : call.body;
    const answer = await basket.send(target, { body });
    world.tally.count('replays');
    const isLate = basket.clock.now().getTime() - call.atMs > 30_000;
    const isCallBelieved = !isLate && isBelieved(call, model);
    // What is asked is looked at before: the regie may have changed since.
    const refusals = /^(403 nonce-already-used|400 (unknown-regie|amount-too-low|amount-too-high))$/;
    assert.match(wordOf(answer), isCallBelieved ? refusals : /^403 access-denied$/);
  };
  return aCommand(text, act, ({ sent }) => sent.length > 0);
}

export function callWithKey(age: number): Command {
  return aCommand(`add with a key of ${age} rotations ago`, async (both) => {
    const { model, world } = both;
    const keyNumber = Math.max(0, model.keyNumber - age);
    const answer = await sendCall(both, addPath, { keyNumber, query: { NameId: 'ab1c' }, body: { amount: '0' } });
    assert.equal(wordOf(answer), isBelieved({ keyNumber }, model) ? '400 invalid-amount' : '403 access-denied');
    assert.equal(world.ids.length, model.items.length);
  });
}

/** And the minutes that it takes to be known in a container. Not while a bank's news would be lost: docs/operations.md warns of it. */
export function rotateKeys(): Command {
  const act: Act = async (both) => {
    both.model.keyNumber += 1;
    await writeKeys(both.world, both.model.keyNumber);
    await passTime(both, 6 * 60_000);
  };
  return aCommand('rotate the keys', act, (model) => !model.items.some((item) => wouldMissNews(item, model)));
}

interface RegieChange {
  readonly id: string;
  readonly change: 'disabled' | 'open' | 'narrow';
}

export function changeRegieTo({ id, change }: RegieChange): Command {
  return aCommand(`regie ${id} becomes ${change}`, async (both) => {
    const { model, world } = both;
    const limits = change === 'narrow' ? { minimumCents: 1_001, maximumCents: 90_005 } : openLimits;
    if (change === 'disabled') await disableRegie(world.basket.register, id);
    else await changeRegie(world, id, limits);
    const isActive = change !== 'disabled';
    model.regies.set(id, { ...(model.regies.get(id) ?? limits), ...(isActive ? limits : {}), isActive });
    await passTime(both, 2 * 60_000);
  });
}

const openLimits = { minimumCents: 1, maximumCents: 10_000_000 };

export function wait(seconds: number, runsAtOnce: number): Command {
  const attendance = ['nobody attends', 'attended', 'attended twice at once'][runsAtOnce];
  return aCommand(`${seconds} s pass, ${attendance}`, (both) => passTime(both, seconds * 1_000, runsAtOnce));
}
