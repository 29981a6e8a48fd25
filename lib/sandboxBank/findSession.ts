/** Finds the payment of a page's address. */
import { timingSafeEqual } from 'node:crypto';
import type { SandboxPayment } from './payment.ts';
import type { SandboxStore } from './sandboxStore.ts';

/** Reference and session. */
const pageIdText = /^([0-9a-z]{1,40})-([0-9a-f]{32})$/;

/** @returns undefined for an unknown address. @throws AppError `temporarily-unavailable`. */
export function findSession({ store }: { readonly store: SandboxStore }) {
  return async (pageId: string): Promise<SandboxPayment | undefined> => {
    const [, id, sessionId] = pageIdText.exec(pageId) ?? [];
    if (id === undefined || sessionId === undefined) return undefined;
    const payment = await store.read(id);
    const isTheirs = payment !== undefined && timingSafeEqual(Buffer.from(payment.sessionId), Buffer.from(sessionId));
    return isTheirs ? payment : undefined;
  };
}
