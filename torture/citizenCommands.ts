/** What citizens do, at the payment address and at the bank. */
import assert from 'node:assert/strict';
import { locationOf } from '../tests/loopbackServer.ts';
import { type Button, isReturnBare, press, statusAt } from './bankModel.ts';
import { type Act, aCommand, aPageCommand, type Both, type Command } from './command.ts';
import { cancel, isBelieved, type ModelAttempt, type ModelItem, offers, type PayAnswer, pay, settle } from './model.ts';
import { browse, checkItem, type Model, momentOf, type World } from './world.ts';

export function giveUp(chosen: number): Command {
  return aPageCommand('give up', chosen, async ({ world }, item) => {
    const address = world.addresses[item.index] ?? '';
    const response = await browse(world, `${address}/cancel`, { choice: 'remove' });
    cancel(item, { who: 'citizen', notify: true }, world.basket.clock.now().getTime());
    assertShown(response);
  });
}

export function look(chosen: number): Command {
  return aPageCommand('look', chosen, async ({ world }, item) => {
    const response = await browse(world, world.addresses[item.index] ?? '');
    assert.equal(response.status, 200);
    const page = await response.text();
    const buttons = { pay: /\/pay">/.test(page), giveUp: /\/cancel">/.test(page) };
    assert.deepStrictEqual(buttons, offers(item, world.basket.clock.now().getTime()));
  });
}

export function payAt(chosen: number, email: string): Command {
  return aPageCommand(`pay${withEmail(email)}`, chosen, async (both, item) => {
    await pressPay(both, item, email);
  });
}

/** As most citizens do: to the bank, a button there, and maybe back. */
export function payAndDecide(chosen: number, { email, ...decision }: Required<Visit> & { email: string }): Command {
  const text = `pay${withEmail(email)}, press ${decision.button}${decision.comesBack ? ', come back' : ''}`;
  return aPageCommand(text, chosen, async (both, item) => {
    const expected = await pressPay(both, item, email);
    const attempt = expected.to === 'bank' ? item.attempts[expected.attempt] : undefined;
    if (attempt !== undefined) await visit(both, { item, attempt, ...decision });
  });
}

function withEmail(email: string): string {
  return email === '' ? '' : ` with ${email}`;
}

async function pressPay({ model, world }: Both, item: ModelItem, email: string): Promise<PayAnswer> {
  const { bankPages, addresses } = world;
  const response = await browse(world, `${addresses[item.index]}/pay`, email === '' ? {} : { email });
  const needsEmail = item.regieId === 'mail' && item.owner.email === undefined && email === '';
  const expected = pay(item, !needsEmail, momentOf({ model, world }));
  if (expected.to !== 'bank') {
    assertShown(response);
    return expected;
  }
  const page = await bankPageOf(world, locationOf(response));
  assert.match(page, /\/sandbox\/pay\//, `${response.status}`);
  bankPages.set(`${item.index}.${expected.attempt}`, page);
  return expected;
}

/** The citizen is shown how the item stands. */
function assertShown(response: Response): void {
  assert.match(locationOf(response), /\/payment\/[0-9a-z]+(\?email=invalid)?$/, `${response.status}`);
}

/** Where the citizen is sent: by an address, or by a page between with a form of one field. */
async function bankPageOf(world: World, location: string): Promise<string> {
  if (!location.endsWith('/pay')) return location;
  const between = await (await browse(world, location)).text();
  const [, id = ''] = /name="id" value="([^"]+)"/.exec(between) ?? [];
  return `${world.basket.url}/sandbox/pay/${id}`;
}

/** Where the bank sends the citizen back, at once or by a link on its page; undefined while it does not. */
async function wayBack(world: World, response: Response): Promise<string | undefined> {
  const location = locationOf(response);
  const isAtBank = location === '' || location.includes('/sandbox/');
  if (!isAtBank) return location;
  const page = await (location === '' ? response : await browse(world, location)).text();
  return /href="([^"]*\/payment\/return\/[^"]*)"/.exec(page)?.[1];
}

/** Of the latest items. Who removes a key while its addresses are in use will not hear of what is paid when no question is left. */
function attemptsAtBank(model: Readonly<Model>): { item: ModelItem; attempt: ModelAttempt }[] {
  const isHeardOf = (attempt: ModelAttempt) => isBelieved(attempt, model) || attempt.askAtMs !== undefined;
  return model.items.slice(-4).flatMap((item) => {
    const atBank = item.attempts.filter((attempt) => attempt.bank !== undefined && isHeardOf(attempt));
    return atBank.map((attempt) => ({ item, attempt }));
  });
}

interface Visit {
  /** Undefined for a look at the bank's page. */
  readonly button?: Button;
  readonly comesBack: boolean;
}

/** At the bank's page of one of the attempts, the latest ones first: a button, or only a look; and the way back, or none. */
export function visitBank(chosen: number, { button, comesBack }: Visit): Command {
  const text = `${button === undefined ? 'look at' : `press ${button} at`} the bank${comesBack ? ', come back' : ''}`;
  const act: Act = async (both) => {
    const visited = attemptsAtBank(both.model);
    const { item, attempt } = visited[visited.length - 1 - (chosen % Math.min(visited.length, 3))] ?? {};
    assert(item !== undefined && attempt !== undefined);
    await visit(both, { item, attempt, button, comesBack });
    await checkItem(both, item.index);
  };
  return aCommand(`${text} (attempt ${chosen})`, act, (model) => attemptsAtBank(model).length > 0);
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
  const notifications = button === undefined ? 0 : press(bank, button, nowMs);
  const isAddressBelieved = isBelieved(attempt, model);
  if (notifications > 0 && isAddressBelieved) settle(item, attempt, nowMs);
  const back = await wayBack(world, response);
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
