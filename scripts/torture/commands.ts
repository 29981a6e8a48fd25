/** The commands of the model-based part: each does one thing to the real basket, and says by the model what must come of it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parisDay } from '../../lib/calendar.ts';
import { disableRegie } from '../../lib/regie/administerRegies.ts';
import { addPath, removePath } from '../../tests/testBasket.ts';
import { type Button, buttons, isReturnBare, magicCents, press, statusAt } from './bankModel.ts';
import {
  cancel,
  createModelItem,
  isBelieved,
  type ModelAttempt,
  type ModelItem,
  offers,
  pay,
  settle,
} from './model.ts';
import {
  browse,
  changeRegie,
  checkItem,
  type Model,
  momentOf,
  passTime,
  sendCall,
  type World,
  wordOf,
  writeKeys,
} from './world.ts';

type Command = fc.AsyncCommand<Model, World>;
type Both = { readonly model: Model; readonly world: World };
type Act = (both: Both) => Promise<void>;

/** @param text what a failure prints: enough to do the same by hand. */
function aCommand(text: string, act: Act, needs: (model: Readonly<Model>) => boolean = () => true): Command {
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
function anItemCommand(text: string, chosen: number, act: (both: Both, item: ModelItem) => Promise<void>): Command {
  const actOnItem: Act = async (both) => {
    const item = itemOf(both.model, chosen);
    await act(both, item);
    await checkItem(both, item.index);
  };
  return aCommand(`${text} (item ${chosen})`, actOnItem, hasItems);
}

/** A command at the address of one of the items, which leads nowhere when its key is too old. */
function aPageCommand(text: string, chosen: number, act: (both: Both, item: ModelItem) => Promise<void>): Command {
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

interface Addition {
  readonly amountCents: number;
  readonly regieId: string;
  readonly by: 'nameId' | 'email' | 'both';
  readonly cancellable: boolean;
  readonly hasForm: boolean;
  readonly captureInDays: number;
}

const users = { nameId: { nameId: 'ab1c' }, email: { email: 'a@b.fr' }, both: { nameId: 'ab1c', email: 'a@b.fr' } };

function add(asked: Addition): Command {
  const { amountCents, regieId, by, cancellable, hasForm, captureInDays } = asked;
  return aCommand(`add ${JSON.stringify(asked)}`, async (both) => {
    const { model, world } = both;
    const nowMs = world.basket.clock.now().getTime();
    const index = model.items.length;
    const user: { nameId?: string; email?: string } = users[by];
    const captureDay = parisDay(new Date(nowMs + captureInDays * 86_400_000));
    const answer = await sendCall(both, addPath, {
      query: {
        ...(user.nameId === undefined ? {} : { NameId: user.nameId }),
        ...(user.email === undefined ? {} : { email: user.email }),
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

function remove(chosen: number, { isOwner, notify }: { isOwner: boolean; notify: boolean }): Command {
  const text = `remove ${isOwner ? 'by its owner' : 'by another'}${notify ? ', the form is to be told' : ''}`;
  return anItemCommand(text, chosen, async (both, item) => {
    const { model, world } = both;
    const { nameId, email } = item.owner;
    const given = nameId !== undefined ? { NameId: nameId } : { email: email ?? 'a@b.fr' };
    const answer = await sendCall(both, removePath, {
      query: isOwner ? given : { NameId: 'somebody-else' },
      body: { basket_item_id: world.ids[item.index], notify: String(notify) },
    });
    const expected =
      isOwner && !item.isErased
        ? cancel(item, { who: 'workflow', notify }, world.basket.clock.now().getTime())
        : 'unknown-item';
    const status = expected === 'unknown-item' ? 404 : 409;
    assert.equal(wordOf(answer), expected === 'done' ? 'done' : `${status} ${expected}`);
    assert(model.items.includes(item));
  });
}

function giveUp(chosen: number): Command {
  return aPageCommand('give up', chosen, async ({ world }, item) => {
    const { status } = await browse(world, `${world.addresses[item.index]}/cancel`, {});
    const expected = cancel(item, { who: 'citizen', notify: true }, world.basket.clock.now().getTime());
    assert.equal(status, expected === 'done' ? 303 : 409);
  });
}

function look(chosen: number): Command {
  return aPageCommand('look', chosen, async ({ world }, item) => {
    const response = await browse(world, world.addresses[item.index] ?? '');
    assert.equal(response.status, 200);
    const page = await response.text();
    const buttons = { pay: /\/pay">/.test(page), giveUp: /\/cancel">/.test(page) };
    assert.deepStrictEqual(buttons, offers(item, world.basket.clock.now().getTime()));
  });
}

function payAt(chosen: number, email: string): Command {
  return aPageCommand(`pay${email === '' ? '' : ` with ${email}`}`, chosen, async ({ model, world }, item) => {
    const { basket, bankPages, addresses } = world;
    const response = await browse(world, `${addresses[item.index]}/pay`, email === '' ? {} : { email });
    const needsEmail = item.regieId === 'mail' && item.owner.email === undefined && email === '';
    const expected = pay(item, !needsEmail, momentOf({ model, world }));
    const text = await response.text();
    if (expected.to === 'error') assert.equal(response.status, expected.status, text);
    else if (expected.to === 'email') assert([200, 400].includes(response.status));
    else if (expected.to === 'item') assert.match(response.headers.get('location') ?? '', /\/payment\/[0-9a-z]+$/);
    else if (expected.to === 'bank') {
      const page = bankPageOf(response, text, basket.url);
      assert.match(page ?? '', /\/sandbox\/pay\//, `${response.status}`);
      bankPages.set(`${item.index}.${expected.attempt}`, page ?? '');
    }
  });
}

/** Where the citizen is sent: by an address, or by a form of one field. */
function bankPageOf(response: Response, text: string, url: string): string | null {
  const [, id] = /name="id" value="([^"]+)"/.exec(text) ?? [];
  return id === undefined ? response.headers.get('location') : `${url}/sandbox/pay/${id}`;
}

const wasAtBank = ({ items }: Readonly<Model>): boolean =>
  items.slice(-4).some(({ attempts }) => attempts.some(({ bank }) => bank !== undefined));

interface Visit {
  /** Undefined for a look at the bank's page. */
  readonly button?: Button;
  readonly comesBack: boolean;
}

/** At the bank's page of one of the attempts, the latest ones first: a button, or only a look; and the way back, or none. */
function visitBank(chosen: number, { button, comesBack }: Visit): Command {
  const text = `${button === undefined ? 'look at' : `press ${button} at`} the bank${comesBack ? ', come back' : ''}`;
  const act: Act = async (both) => {
    const { model } = both;
    const visited = model.items.slice(-4).flatMap((item) => {
      const atBank = item.attempts.filter(({ bank }) => bank !== undefined);
      return atBank.map((attempt) => ({ item, attempt }));
    });
    const { item, attempt } = visited[visited.length - 1 - (chosen % Math.min(visited.length, 3))] ?? {};
    assert(item !== undefined && attempt !== undefined);
    await visit(both, { item, attempt, button, comesBack });
    await checkItem(both, item.index);
  };
  return aCommand(`${text} (attempt ${chosen})`, act, wasAtBank);
}

interface AttemptVisit {
  readonly item: ModelItem;
  readonly attempt: ModelAttempt;
  readonly button: Button | undefined;
  readonly comesBack: boolean;
}

async function visit({ model, world }: Both, { item, attempt, button, comesBack }: AttemptVisit): Promise<void> {
  const { bank } = attempt;
  assert(bank !== undefined);
  const nowMs = world.basket.clock.now().getTime();
  const page = world.bankPages.get(`${item.index}.${item.attempts.indexOf(attempt)}`) ?? '';
  const response = await browse(world, page, button === undefined ? undefined : { outcome: button });
  const text = await response.text();
  const notifications = button === undefined ? 0 : press(bank, button, nowMs);
  const isAddressBelieved = isBelieved(attempt, model);
  if (notifications > 0 && isAddressBelieved) settle(item, attempt, nowMs);
  const back = response.headers.get('location') ?? /href="([^"]*\/payment\/return\/[^"]*)"/.exec(text)?.[1];
  // The page of a session that is over has a way back too, without a message.
  const hasWayBack = bank.button !== undefined || statusAt(bank, nowMs) === 'expired';
  assert.equal(back !== undefined, hasWayBack, `${response.status} at the bank`);
  if (!comesBack || back === undefined) return;
  const returned = await browse(world, back.replaceAll('&amp;', '&'));
  assert.equal(returned.status, isAddressBelieved ? 303 : 404);
  if (!isAddressBelieved) return;
  // Without a message, the bank is asked about what may still change.
  const mayChange = ['open', 'pending', 'expired'].includes(attempt.state);
  if (mayChange || !isReturnBare(bank)) settle(item, attempt, nowMs);
}

function replay(chosen: number, isOnTheOtherCall: boolean): Command {
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

function callWithKey(age: number): Command {
  return aCommand(`add with a key of ${age} rotations ago`, async (both) => {
    const { model, world } = both;
    const keyNumber = Math.max(0, model.keyNumber - age);
    const answer = await sendCall(both, addPath, { keyNumber, query: { NameId: 'ab1c' }, body: { amount: '0' } });
    assert.equal(wordOf(answer), isBelieved({ keyNumber }, model) ? '400 invalid-amount' : '403 access-denied');
    assert.equal(world.ids.length, model.items.length);
  });
}

/** And the minutes that it takes to be known in a container. */
function rotateKeys(): Command {
  return aCommand('rotate the keys', async (both) => {
    both.model.keyNumber += 1;
    await writeKeys(both.world, both.model.keyNumber);
    await passTime(both, 6 * 60_000);
  });
}

function changeRegieTo(id: string, change: 'disabled' | 'open' | 'narrow'): Command {
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

function wait(seconds: number, runsAtOnce: number): Command {
  const attendance = ['nobody attends', 'attended', 'attended twice at once'][runsAtOnce];
  return aCommand(`${seconds} s pass, ${attendance}`, (both) => passTime(both, seconds * 1_000, runsAtOnce));
}

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
