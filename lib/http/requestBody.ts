/** The body of an API Gateway event as text. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { AppError } from '../values/errors.ts';

/** 4 MiB: whole-form calls embed the form's files. Lambda itself takes 6 MB for the whole event. */
const maximumBytes = 4 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Absent and null are one, as in the test events of the console and of emulators. */
type BodyEvent = { readonly [Field in 'body' | 'isBase64Encoded']?: APIGatewayProxyEventV2[Field] | null };

/** Forms of browsers and banks are short, and `URLSearchParams` takes the square of their length. */
export const maximumFormBytes = 64 * 1024;

/** @throws AppError `payload-too-large`. Looks at lengths only: nothing is decoded for a caller not yet believed. */
export function checkBodySize({ body, isBase64Encoded }: BodyEvent, maximum = maximumBytes): void {
  if (byteLength(body ?? '', isBase64Encoded) > maximum) throw new AppError('payload-too-large');
}

/**
 * The body as text; `{}` when there is none, since w.c.s. sends none for an empty table.
 *
 * @throws AppError `invalid-json` when the bytes are not UTF-8.
 */
export function bodyText({ body, isBase64Encoded }: BodyEvent): string {
  if (!body) return '{}';
  try {
    // A byte order mark is dropped by the decoder; in text it is still there.
    const text = isBase64Encoded ? utf8.decode(Buffer.from(body, 'base64')) : body.replace(/^\uFEFF/, '');
    return text || '{}';
  } catch (cause) {
    throw new AppError('invalid-json', { cause });
  }
}

function byteLength(body: string, isBase64Encoded: BodyEvent['isBase64Encoded']): number {
  if (isBase64Encoded) return Math.floor((body.length * 3) / 4) - (/=*$/.exec(body.slice(-2))?.[0].length ?? 0);
  return Buffer.byteLength(body);
}

/** A posted form as text, `''` without one. Bytes that are not UTF-8 become U+FFFD: no field that matters holds any. */
export function formText({ body, isBase64Encoded }: BodyEvent): string {
  const text = body ?? '';
  return isBase64Encoded ? Buffer.from(text, 'base64').toString('utf8') : text;
}
