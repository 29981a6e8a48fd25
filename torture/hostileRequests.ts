/** Requests that nobody should send: odd in their bytes, encodings, nesting, sizes, methods, headers, tokens and signatures. */
import fc from 'fast-check';
import { addPath, removePath } from '../tests/testBasket.ts';

/** What becomes of the signature of a call: made well, made well and then changed, or not made. */
export type Signing = 'good' | 'none' | 'other-key' | { readonly flippedBit: number };

export interface HostileRequest {
  readonly method: string;
  /** A path of ours; `{item}`, `{return}` and the like stand for tokens that we made. */
  readonly path: string;
  readonly query: string;
  readonly signing: Signing;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Fields to and from the bank, which stand in the query or in the body instead. */
  readonly message?: HostileMessage | undefined;
}

export interface HostileMessage {
  /** `{reference}` stands for that of the attempt. */
  readonly fields: Readonly<Record<string, string>>;
  readonly signing: 'good' | 'none' | 'other-key';
  readonly isInQuery: boolean;
}

const words = ['', ' ', 'x', '10.05', '-1', '1e9', 'no', 'a@', '2027-05-06', '%', '&', '=', '\0', 'é', '__proto__'];
const text = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    'a'.repeat(300),
    '9'.repeat(400),
    'https://x.example/',
    'javascript:alert(1)',
    '<script>alert(1)</script>',
  ),
);

/** In an address only what HTTP lets through; some of it not UTF-8 once it is decoded. */
const inAddress = fc.oneof(
  text.map((value) => encodeURIComponent(value.toWellFormed())),
  fc.constantFrom('%FF', '%', '%0', '+', '%00', '..%2F..', '%F0%9F', ';', '~', '*'),
);

const parameterName = fc.constantFrom(
  ...['NameId', 'NameID', 'email', 'regie_id', 'cancellable', 'amount', 'notify', 'orig', 'algo', 'nonce', 'timestamp'],
  ...['signature', 'foo', '__proto__', '%FF', 'refresh', ''],
);
const query = fc
  .array(fc.tuple(parameterName, inAddress), { maxLength: 5 })
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));

/** The parameters of a good call, some of them repeated or joined by others. */
const nearlyGoodQuery = fc.oneof(
  fc.constant('NameId=hostile'),
  query.map((others) => (others === '' ? 'NameId=hostile' : `NameId=hostile&${others}`)),
);

const value = fc.oneof(
  text,
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(text, fc.double(), fc.constant(null)), { maxLength: 4 }),
  fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 2 }),
);
const fieldName = fc.constantFrom(
  ...['amount', 'display_name', 'url', 'capture_date', 'basket_item_id', 'notify', 'extra', 'foo', '__proto__'],
);
const nearlyGoodBody = fc
  .array(fc.tuple(fieldName, value), { maxLength: 2 })
  .map((odd) => Buffer.from(JSON.stringify({ amount: '10.05', basket_item_id: 'x', ...Object.fromEntries(odd) })));

const nested = fc.tuple(fc.constantFrom('[', '{"extra":'), fc.integer({ min: 1, max: 5_000 })).map(([open, levels]) => {
  const close = open === '[' ? ']' : '}';
  return Buffer.from(`{"amount":${open.repeat(levels)}1${close.repeat(levels)}}`);
});

/** Few of them: from 100 kB to more than is taken. */
const large = fc
  .tuple(fc.constantFrom('"', '[1,', '{"amount":"9', '%FF'), fc.constantFrom(100_000, 1_000_000, 5_000_000))
  .map(([start, length]) => Buffer.from(start.padEnd(length, start)));

const body = fc.oneof(
  { weight: 60, arbitrary: nearlyGoodBody },
  { weight: 10, arbitrary: fc.json().map((json) => Buffer.from(json)) },
  { weight: 10, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 5, arbitrary: nearlyGoodBody.map((json) => Buffer.from(json.toString('utf8'), 'utf16le')) },
  { weight: 5, arbitrary: nearlyGoodBody.map((json) => json.subarray(0, json.length / 2)) },
  { weight: 5, arbitrary: nested },
  { weight: 4, arbitrary: fc.constant(Buffer.alloc(0)) },
);

const method = fc.oneof(
  { weight: 9, arbitrary: fc.constant('POST') },
  { weight: 3, arbitrary: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND') },
);

/** All of Latin 1 that a client can put into a header. */
const headerText = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 32, max: 126 }), fc.integer({ min: 128, max: 255 }))
    .map((code) => String.fromCharCode(code)),
});
const headers = fc.record(
  {
    'content-type': fc.constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded', 'x', ''),
    'accept-language': fc.oneof(headerText, fc.constantFrom('en', 'fr;q=0', '*', 'a;q=1,'.repeat(1_000))),
    'content-encoding': fc.constantFrom('gzip', 'br', 'x'),
    'transfer-encoding': fc.constant('chunked'),
    'x-forwarded-for': headerText,
    'x-odd': fc.oneof(headerText, fc.constant('y'.repeat(6_000))),
    cookie: headerText,
  },
  { requiredKeys: ['content-type'] },
);

const bit = fc.nat({ max: 255 }).map((flippedBit): Signing => ({ flippedBit }));
const signing = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Signing>('good') },
  { weight: 4, arbitrary: bit },
  { weight: 1, arbitrary: fc.constantFrom<Signing>('none', 'other-key') },
);

const call = fc.record({
  method,
  path: fc.constantFrom(addPath, removePath),
  query: nearlyGoodQuery,
  signing,
  headers,
  body: fc.oneof({ weight: 300, arbitrary: body }, { weight: 1, arbitrary: large }),
});

/** Tokens that were made for one use, at the address of each; and tokens that nobody made. */
const madeToken = fc.constantFrom('{item}', '{return}', '{notification}');
const changedToken = fc.tuple(madeToken, fc.nat({ max: 51 })).map(([token, place]) => `${token}~${place}`);
const oddToken = fc.oneof(
  inAddress,
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'), minLength: 50, maxLength: 56 }),
  fc.constant('a'.repeat(7_000)),
);
const token = fc.oneof(madeToken, changedToken, oddToken);
/** Of an item that waits and lacks an email, and of one that is cancelled: their buttons change nothing here. */
const harmless = fc.constantFrom('{withoutEmail}', '{cancelled}', '{cancelled}');
const page = fc.oneof(
  token.map((value) => `/payment/${value}`),
  token.map((value) => `/payment/return/${value}`),
  token.map((value) => `/payment-notification/${value}`),
  fc.oneof(changedToken, oddToken).map((value) => `/payment/${value}/pay`),
  fc.oneof(changedToken, oddToken).map((value) => `/payment/${value}/cancel`),
  harmless.map((value) => `/payment/${value}/pay`),
  fc.constant('/payment/{cancelled}/cancel'),
  inAddress.map((value) => `/${value}`),
  inAddress.map((value) => `/sandbox/pay/${value}`),
  inAddress.map((value) => `/sandbox/payments/${value}`),
  fc.constantFrom('/sandbox/payments', '/sandbox/pay', '/sandbox', '/payment', '//', '/api/lingo/'),
);

const goodMessage = {
  reference: '{reference}',
  shop: 'cantine',
  mode: 'test',
  amount: '1005',
  currency: 'EUR',
  status: 'paid',
  date: '2026-11-23T12:00:00.000Z',
};
const goodOrder = {
  reference: '{reference}',
  shop: 'cantine',
  mode: 'test',
  amount: '1005',
  currency: 'EUR',
  label: 'x',
  capture_delay: '0',
  return_url: 'http://127.0.0.1:9/',
  notification_url: 'http://127.0.0.1:9/',
  language: 'fr',
};
const wellFormed = text.map((given) => given.toWellFormed());

/** A good one with one field gone odd, so that what reads it is reached; or anything. */
const fieldsOf = (good: Readonly<Record<string, string>>) =>
  fc.oneof(
    fc.tuple(fc.constantFrom(...Object.keys(good)), wellFormed).map(([name, odd]) => ({ ...good, [name]: odd })),
    fc.dictionary(
      fc.constantFrom(...Object.keys(goodOrder), 'status', 'outcome', 'id', 'signature', 'email'),
      wellFormed,
    ),
  );
const messageOf = (fields: fc.Arbitrary<Record<string, string>>) =>
  fc.record<HostileMessage>({
    fields,
    signing: fc.constantFrom('good', 'good', 'none', 'other-key'),
    isInQuery: fc.boolean(),
  });

const pageMethod = fc.oneof({ weight: 2, arbitrary: fc.constant('GET') }, { weight: 1, arbitrary: method });
const pageRequest = fc.record({
  method: pageMethod,
  path: page,
  query,
  signing: fc.constant<Signing>('none'),
  headers,
  body: fc.oneof(
    { weight: 300, arbitrary: text.map((given) => Buffer.from(`email=${given}`)) },
    { weight: 1, arbitrary: large },
  ),
});

/** What only a bank, or a shop that orders from one, would send. */
const bankRequest = fc.oneof(
  fc.record({
    ...{ method: pageMethod, query: fc.constant(''), signing: fc.constant<Signing>('none'), headers, body },
    path: fc.constantFrom('/payment-notification/{notification}', '/payment/return/{return}'),
    message: messageOf(fieldsOf(goodMessage)),
  }),
  fc.record({
    ...{ method, query: fc.constant(''), signing: fc.constant<Signing>('none'), headers, body },
    path: fc.constantFrom('/sandbox/payments', '/sandbox/pay'),
    message: messageOf(fieldsOf(goodOrder)),
  }),
);

export const hostileRequest: fc.Arbitrary<HostileRequest> = fc.oneof(
  { weight: 5, arbitrary: call },
  { weight: 3, arbitrary: pageRequest },
  { weight: 2, arbitrary: bankRequest },
) as fc.Arbitrary<HostileRequest>;

/** What no client library would send: bytes on a socket. */
export const hostileBytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(
      fc.constantFrom('POST', 'GET', 'po st', ''),
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom('1.1', '1.0', '9'),
    )
    .map(([verb, path, version]) =>
      Buffer.concat([
        Buffer.from(`${verb} ${addPath}`),
        Buffer.from(path),
        Buffer.from(` HTTP/${version}\r\nHost: x\r\nContent-Length: 4\r\n\r\n{}{}{}`),
      ]),
    ),
);
