/** What a form answers when nothing goes wrong: its success, and its refusals in JSON. Pure. */
import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import { type Answer, redirectTo } from '../http.ts';
import { type Form, pathOf, type Reason } from './form.ts';

export function answerOf(reason: Reason, headers: IncomingHttpHeaders, form: Form): Answer {
  switch (reason) {
    case 'accepted':
      return wantsJson(headers) ? success : redirectTo(pathOf(form));
    case 'unknown-trigger':
      return refusal(404, 'Page not found.');
    case 'wrong-method':
      return refusal(403, 'Method not allowed.');
    case 'unknown-user':
      return refusal(403, 'No such user.');
    case 'unknown-caller':
      return refusal(403, 'Invalid orig');
    case 'processing':
      return refusal(403, 'Formdata currently processing actions.');
    default:
      return refusal(403, 'Invalid signature');
  }
}

export function refusal(status: number, description: string): Answer {
  const body = { err: 1, err_class: STATUS_CODES[status], err_desc: description };
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

const success: Answer = { status: 200, contentType: 'application/json', body: '{"err":0,"url":null}' };

/** w.c.s. compares the whole header. With a charset, or a second type, it answers as it answers a browser. */
function wantsJson({ accept, 'content-type': contentType }: IncomingHttpHeaders): boolean {
  return accept === 'application/json' || contentType === 'application/json';
}
