/** What goes wrong between the pretended forms and who tells them: what a form hears of it, and what is answered. Pure. */
import { gzipSync } from 'node:zlib';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers that come from something else than the form, which hears nothing. */
const strangeAnswers = {
  'error-500': { status: 500, contentType: 'text/html', body: '<h1>Internal Server Error</h1>' },
  'bad-gateway-502': { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' },
  'unavailable-503': { status: 503, contentType: 'text/html', body: '<h1>Service Unavailable</h1>' },
  'rate-limited-429': { status: 429, contentType: 'application/json', body: '{"err":1}' },
  'html-200': { status: 200, contentType: 'text/html', body: '<h1>Maintenance</h1>' },
  'err-1': { status: 200, contentType: 'application/json', body: '{"err":1}' },
  'empty-204': { status: 204, contentType: 'application/json', body: '' },
} as const satisfies Readonly<Record<string, Answer>>;

/** Successes of a form that has heard, other than its usual one: w.c.s. itself takes these for `err: 0` when it calls. */
const looseAnswers = {
  'err-text': { status: 200, contentType: 'application/json', body: '{"err":"0"}' },
  'err-null': { status: 200, contentType: 'application/json', body: '{"err":null}' },
} as const satisfies Readonly<Record<string, Answer>>;

/** Answers of a form that has heard, or of a proxy before it, which do not say so. */
const oddAnswers = {
  'list-after': { status: 200, contentType: 'application/json', body: '[]' },
  'err-1-after': { status: 200, contentType: 'application/json', body: '{"err":1}' },
  'gzip-after': {
    status: 200,
    contentType: 'application/json',
    body: gzipSync('{"err":0,"url":null}'),
    headers: { 'content-encoding': 'gzip' },
  },
  'empty-204-after': { status: 204, contentType: 'application/json', body: '' },
  'html-after': { status: 200, contentType: 'text/html', body: '<h1>Connexion</h1>' },
  'redirect-after': { status: 302, contentType: 'text/html', body: '', headers: { location: '/' } },
  'error-500-after': { status: 500, contentType: 'text/html', body: '<h1>Internal Server Error</h1>' },
  'unavailable-503-after': { status: 503, contentType: 'text/html', body: '<h1>Backend fetch failed</h1>' },
} as const satisfies Readonly<Record<string, Answer>>;

/**
 * How a call goes wrong. The form hears nothing with `silence` (the call is read and never answered), `reset-before`,
 * `redirect` (302, to the form's page), `huge` (several MB of a JSON success) and the strange answers; it hears the call as
 * usual with `reset-after` (the connection breaks instead of the answer), `half-answer`, `wrong-content-type` and `slowMs`,
 * where the answer alone is late, and with the loose and odd answers, which take the place of its success. `retryAfter` is in
 * seconds, or a date.
 */
export type Fault =
  | 'none'
  | 'silence'
  | 'reset-before'
  | 'reset-after'
  | 'redirect'
  | 'huge'
  | 'wrong-content-type'
  | 'half-answer'
  | keyof typeof strangeAnswers
  | keyof typeof looseAnswers
  | keyof typeof oddAnswers
  | { readonly slowMs: number }
  | { readonly busy: 'unavailable-503' | 'rate-limited-429'; readonly retryAfter: number | Date }
  | { readonly redirectTo: string };

/** Whether the answer of a form that has heard does not arrive, or does not say so: it may be called again. */
export function isAnswerLost(fault: Fault | undefined): boolean {
  if (typeof fault !== 'string') return false;
  return fault === 'reset-after' || fault === 'half-answer' || Object.hasOwn(oddAnswers, fault);
}

/** What answers in the place of the form; undefined when the form itself is asked. */
export function insteadOfForm(fault: Fault, formPath: string): Answer | undefined {
  if (fault === 'redirect') return redirectTo(`${formPath}?redirected`);
  if (fault === 'huge') return { status: 200, contentType: 'application/json', body: '' };
  if (typeof fault === 'string') return findAnswer(strangeAnswers, fault);
  if ('redirectTo' in fault) return redirectTo(fault.redirectTo);
  if ('slowMs' in fault) return undefined;
  const { busy, retryAfter } = fault;
  const header = typeof retryAfter === 'number' ? String(retryAfter) : retryAfter.toUTCString();
  return { ...strangeAnswers[busy], headers: { 'retry-after': header } };
}

/** What a form that has heard answers in the place of its success; undefined when it answers as usual. */
export function insteadOfSuccess(fault: Fault): Answer | undefined {
  return typeof fault === 'string' ? findAnswer({ ...looseAnswers, ...oddAnswers }, fault) : undefined;
}

function findAnswer(answers: Readonly<Record<string, Answer>>, fault: string): Answer | undefined {
  return Object.hasOwn(answers, fault) ? answers[fault] : undefined;
}

export function redirectTo(location: string): Answer {
  return { status: 302, contentType: 'text/html', body: '', headers: { location } };
}
