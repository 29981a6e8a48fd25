/** The edge of the banks' server-to-server calls: each is answered in the words of its bank. */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { PaymentDeps } from '../composition/paymentDeps.ts';
import { type PaymentLinkSettings, readAttemptToken } from '../payment/paymentLink.ts';
import { answerNotification } from '../payment/settlePayment.ts';
import { AppError, type ErrorCode } from '../values/errors.ts';
import { callFields, logFailedCall, loggerOf } from './callLog.ts';
import { wholeEvent } from './gatewayEvent.ts';
import { checkBodySize, formText, maximumFormBytes } from './requestBody.ts';

/** Makes the Lambda handler of the notification address. A bank that is not known yet, or never, is told in plain text. */
export function notificationHandler(depsOf: () => PaymentDeps) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .onError((request) => {
      request.response = answerError(request.event, request.error, depsOf);
    })
    .before((request) => {
      request.event = wholeEvent(request.event);
    })
    .handler(async (event) => {
      checkBodySize(event, maximumFormBytes);
      const deps = depsOf();
      const token = event.pathParameters?.['token'] ?? '';
      const read = ({ linkKeys }: PaymentLinkSettings) => readAttemptToken('payment-notification', token, linkKeys);
      const name = read(await deps.links()) ?? read(await deps.newestLinks());
      if (name === undefined) throw new AppError('not-found');
      const { rawQueryString: rawQuery } = event;
      const message = { channel: 'notification', rawQuery, body: formText(event) } as const;
      const { status, contentType, body } = await answerNotification(deps)(name, message);
      deps.logger.info('notification answered', { ...callFields(event), status, itemId: name.itemId });
      return { statusCode: status, headers: headersOf(contentType), body };
    });
}

/** A bank tries again after a 503, and after nothing else. */
function answerError(event: APIGatewayProxyEventV2, error: unknown, depsOf: () => PaymentDeps) {
  const code = error instanceof AppError ? error.code : 'internal-error';
  const status = statuses[code] ?? 503;
  logFailedCall(loggerOf(depsOf), { what: 'notification', event, error, code, status });
  return { statusCode: status, headers: headersOf('text/plain'), body: code };
}

function headersOf(contentType: string) {
  return { 'Content-Type': contentType, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };
}

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  'not-found': 404,
  'unknown-item': 404,
  'unknown-attempt': 404,
  'payload-too-large': 413,
};
