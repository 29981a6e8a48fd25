/** A call to a trigger: the form hears it or refuses it, remembers it, and answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { answerOf } from './answers.ts';
import { deliver } from './delivery.ts';
import { insteadOfForm, insteadOfSuccess, takeFault } from './faults.ts';
import { type Form, pathOf } from './form.ts';
import type { Site } from './site.ts';
import { judge, type TriggerCall } from './verdict.ts';

export async function serveTrigger(
  site: Site,
  call: TriggerCall,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { form, trigger, method, rawQuery } = call;
  const { headers } = request;
  const query = new URLSearchParams(rawQuery);
  const fault = takeFault(site.faults, form.name);
  const body = fault === 'reset-before' ? undefined : parseJson(await text(request));
  const keys = await site.keysOf(query.get('orig') ?? '');
  const isCut = fault === 'reset-before' || fault === 'silence';
  const faulty = insteadOfForm(fault, pathOf(form));
  // No `await` between the verdict and the record: of two calls at once, the second sees what the first has done.
  const reason = faulty === undefined && !isCut ? judge(site, call, keys) : 'fault';
  if (reason === 'accepted') hear(form, trigger, body);
  const oddly = reason === 'accepted' ? insteadOfSuccess(fault) : undefined;
  const answer = faulty ?? oddly ?? answerOf(reason, headers, form);
  form.heard.push({
    trigger,
    method,
    body,
    at: site.now(),
    query: Object.fromEntries(query),
    headers: { accept: headers.accept, 'content-type': headers['content-type'], 'user-agent': headers['user-agent'] },
    verdict: { status: isCut || fault === 'reset-after' ? undefined : answer.status, reason },
  });
  await deliver(response, answer, fault);
}

function hear(form: Form, trigger: string, body: unknown): void {
  form.status = trigger;
  if (isObject(body)) form.data = { ...form.data, ...body };
}

/** @returns undefined for a body that is not JSON: a form accepts such a call, and learns nothing from it. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
