/** The notifications: PayFiP posts an `idop` to the address of the order. They get lost, doubled or late by plan. */
import { takeFault } from './faults.ts';
import type { Gateway } from './gateway.ts';
import type { Payment } from './payment.ts';

/** The status is undefined when nobody answered, or when the notification was lost on its way. */
export interface SentNotification {
  readonly idop: string;
  readonly url: string;
  readonly status: number | undefined;
}

/** Sends the notifications of one gateway, and remembers them. */
export interface Notifier {
  /** In order of sending, without those that wait for `flush`. */
  readonly sent: readonly SentNotification[];
  /** Notifies, unless a fault is planned. */
  notifyByPlan(payment: Payment): Promise<void>;
  /** Notifies, whatever the faults. */
  notify(payment: Payment): Promise<SentNotification>;
  /** Sends the late notifications. */
  flush(): Promise<void>;
}

const timeoutMs = 5_000;

export function makeNotifier(gateway: Gateway): Notifier {
  const sent: SentNotification[] = [];
  const late: Payment[] = [];

  function remember({ idop, order }: Payment, status: number | undefined): SentNotification {
    const notification = { idop, url: notificationUrl(order), status };
    sent.push(notification);
    return notification;
  }

  async function notify(payment: Payment): Promise<SentNotification> {
    return remember(payment, await postIdop(payment));
  }

  return {
    sent,
    notify,
    async notifyByPlan(payment) {
      const fault = takeFault(gateway, 'notification');
      if (fault === 'late') late.push(payment);
      else if (fault === 'lost') remember(payment, undefined);
      else await notify(payment);
      if (fault === 'doubled') await notify(payment);
    },
    async flush() {
      for (const payment of late.splice(0)) await notify(payment);
    },
  };
}

function notificationUrl(order: Payment['order']): string {
  return order['urlnotif'] ?? '';
}

/** @returns the status of the answer; undefined when there was none. */
async function postIdop({ idop, order }: Payment): Promise<number | undefined> {
  try {
    const answer = await fetch(notificationUrl(order), {
      method: 'POST',
      body: new URLSearchParams({ idop }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    // Not an error here: PayFiP sends the citizen back all the same.
    return undefined;
  }
}
