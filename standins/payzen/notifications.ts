/** The notifications (IPN): they are sent, doubled, lost, kept back, and tried again. */
import { randomBytes } from 'node:crypto';
import type { Gateway } from './gateway.ts';
import { type Message, messageOf, signMessage } from './message.ts';
import type { Fields, PayzenPayment } from './payment.ts';

/** `vads_url_check_src`: the citizen's payment, the back office, the bank's late answer, a batch, a retry. */
export type Source = 'PAY' | 'BO' | 'BATCH_AUTO' | 'BATCH' | 'RETRY';

/** One notification that was sent. */
export interface PayzenNotification {
  readonly orderId: string;
  readonly source: Source;
  readonly url: string;
  /** As sent, signature included. */
  readonly fields: Fields;
  readonly at: Date;
  /** What was answered; undefined when nothing was. */
  status?: number;
}

/** Sends the notifications of one gateway, and remembers them. */
export interface Notifier {
  /** In order of sending; those that a fault lost on the way are among them. */
  readonly sent: readonly PayzenNotification[];
  /** Tells the shop how a payment stands, if its form has an address for that. */
  notify(payment: PayzenPayment, source: Source): Promise<void>;
  /** Sends those that are late. */
  flush(): Promise<void>;
  /** One round of retries: sends again each one that was not answered 200, four times at most. */
  retry(): Promise<void>;
}

/** A message and its retries. It is made once: a retry repeats the lies of the first try. */
interface Statement extends Message {
  readonly orderId: string;
  readonly url: string;
  retriesLeft: number;
  isTaken: boolean;
}

const maximumRetries = 4;
const timeoutMs = 10_000;

export function makeNotifier(gateway: Gateway): Notifier {
  const sent: PayzenNotification[] = [];
  const statements = new Set<Statement>();
  let late: (() => Promise<void>)[] = [];

  async function deliver(statement: Statement, source: Source): Promise<void> {
    const { orderId, url, key } = statement;
    const fields = signMessage(gateway, { fields: { ...statement.fields, vads_url_check_src: source }, key });
    const notification: PayzenNotification = { orderId, source, url, fields, at: gateway.now() };
    statements.add(statement);
    sent.push(notification);
    if (gateway.faults.includes('lost')) return;
    const status = await post(url, fields);
    if (status === undefined) return;
    notification.status = status;
    if (status === 200) statement.isTaken = true;
  }

  return {
    sent,
    async notify(payment, source) {
      const statement = statementOf(gateway, payment);
      if (statement.url === '') return;
      if (gateway.faults.includes('late')) {
        late.push(() => deliver(statement, source));
        return;
      }
      await deliver(statement, source);
      if (gateway.faults.includes('doubled')) await deliver(statement, source);
    },
    async flush() {
      const due = late;
      late = [];
      for (const sendLate of due) await sendLate();
    },
    async retry() {
      if (gateway.retries !== true) return;
      for (const statement of statements) {
        if (statement.isTaken || statement.retriesLeft === 0) continue;
        statement.retriesLeft -= 1;
        await deliver(statement, 'RETRY');
      }
    },
  };
}

function statementOf(gateway: Gateway, payment: PayzenPayment): Statement {
  const { fields, key } = messageOf(gateway, payment);
  const hash = randomBytes(32).toString('hex');
  const url = payment.request['vads_url_check'] ?? '';
  const { orderId } = payment;
  return { orderId, url, key, fields: { ...fields, vads_hash: hash }, retriesLeft: maximumRetries, isTaken: false };
}

/** @returns the status of the answer; undefined when there was none. */
async function post(url: string, fields: Fields): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual', signal });
    await answer.text();
    return answer.status;
  } catch {
    // Not an error here: the notification lacks a status, and may be retried.
    return undefined;
  }
}
