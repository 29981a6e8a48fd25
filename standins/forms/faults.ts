/** What goes wrong between the forms and their caller: whether a form hears the call, and what is answered. */
import { gzipSync } from 'node:zlib';
import { type Answer, redirectTo } from '../http.ts';

/** Answers of something before the form, which hears nothing. */
const strangeAnswers = {
  'error-500': { status: 500, contentType: 'text/html', body: '<h1>Internal Server Error</h1>' },
  'bad-gateway-502': { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' },
  'unavailable-503': { status: 503, contentType: 'text/html', body: '<h1>Service Unavailable</h1>' },
  'rate-limited-429': { status: 429, contentType: 'application/json', body: '{"err":1}' },
  'html-200': { status: 200, contentType: 'text/html', body: '<h1>Maintenance</h1>' },
  'err-1': { status: 200, contentType: 'application/json', body: '{"err":1}' },
  'empty-204': { status: 204, contentType: 'application/json', body: '' },
} as const satisfies Readonly<Record<string, Answer>>;

/** Unusual successes of a form that has heard. w.c.s. itself takes them for `err: 0` when it calls. */
const looseAnswers = {
  'err-text': { status: 200, contentType: 'application/json', body: '{"err":"0"}' },
  'err-null': { status: 200, contentType: 'application/json', body: '{"err":null}' },
} as const satisfies Readonly<Record<string, Answer>>;

/** Answers that do not tell that the form has heard. They come from the form, or from a proxy before it. */
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

/** How a call goes wrong. */
export type Fault =
  | 'none'
  // The form hears nothing. `silence`: the call is read and never answered. `redirect`: 302 to the form's page. `huge`: a
  // JSON success of several MB. `retryAfter` is in seconds, or a date.
  | 'silence'
  | 'reset-before'
  | 'redirect'
  | 'huge'
  | keyof typeof strangeAnswers
  | { readonly redirectTo: string }
  | { readonly busy: 'unavailable-503' | 'rate-limited-429'; readonly retryAfter: number | Date }
  // The form hears the call. The connection breaks instead of the answer, or the answer is cut, mislabelled, late or odd.
  | 'reset-after'
  | 'half-answer'
  | 'wrong-content-type'
  | { readonly slowMs: number }
  | keyof typeof looseAnswers
  | keyof typeof oddAnswers;

/** Faults by the name of a form, `*` for all others. A single fault stays, those of a list are for one call each. */
export type Plan = Map<string, Fault | readonly Fault[]>;

/** Takes the fault of this call off the list of the form, or off that of `*`. */
export function takeFault(plan: Plan, formName: string): Fault {
  const place = hasFault(plan.get(formName)) ? formName : '*';
  const planned = plan.get(place);
  if (!isList(planned)) return planned ?? 'none';
  const [next = 'none', ...rest] = planned;
  plan.set(place, rest);
  return next;
}

function hasFault(planned: Fault | readonly Fault[] | undefined): boolean {
  return isList(planned) ? planned.length > 0 : planned !== undefined && planned !== 'none';
}

function isList(planned: Fault | readonly Fault[] | undefined): planned is readonly Fault[] {
  return Array.isArray(planned);
}

/** Whether a form that has heard may be called again: its answer does not arrive, or does not say so. */
export function isAnswerLost(fault: Fault | undefined): boolean {
  if (typeof fault !== 'string') return false;
  return fault === 'reset-after' || fault === 'half-answer' || Object.hasOwn(oddAnswers, fault);
}

/** The answer in place of the form's; undefined when the form itself answers. */
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

/** The answer in place of the form's success; undefined when that is as usual. */
export function insteadOfSuccess(fault: Fault): Answer | undefined {
  return typeof fault === 'string' ? findAnswer({ ...looseAnswers, ...oddAnswers }, fault) : undefined;
}

function findAnswer(answers: Readonly<Record<string, Answer>>, fault: string): Answer | undefined {
  return Object.hasOwn(answers, fault) ? answers[fault] : undefined;
}
