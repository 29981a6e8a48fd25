/** What a form decides of a call, by the rules of w.c.s. in their order. */
import type { Form, Reason } from './form.ts';
import { checkSignature } from './signature.ts';
import type { Site } from './site.ts';

export interface TriggerCall {
  readonly form: Form;
  readonly trigger: string;
  readonly method: string;
  /** As it was sent. */
  readonly rawQuery: string;
}

/** @param keys of the caller. */
export function judge(site: Site, call: TriggerCall, keys: readonly string[]): Exclude<Reason, 'fault'> {
  const { form, trigger, method, rawQuery } = call;
  if (form.processingUntil !== undefined && site.now() < form.processingUntil) return 'processing';
  const disbelief = checkSignature(site, rawQuery, keys);
  if (disbelief !== undefined) return disbelief;
  // Nobody has an account here. A blank name is an anonymous user.
  const query = new URLSearchParams(rawQuery);
  if (['NameID', 'email'].some((name) => query.getAll(name).some((value) => value !== ''))) return 'unknown-user';
  if (form.status !== 'waiting' || !site.triggers.includes(trigger)) return 'unknown-trigger';
  return method === 'POST' ? 'accepted' : 'wrong-method';
}
