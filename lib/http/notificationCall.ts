/** The edge of the banks' server-to-server calls: each is answered in the words of its bank. */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { AppError } from '../errors.ts';
import { consoleLogger, describeCause } from '../logger.ts';
import { readAttemptToken } from '../payment/paymentLink.ts';
import type { PaymentStage } from '../payment/paymentStage.ts';
import { answerNotification } from '../payment/settlePayment.ts';
import { checkBodySize, formText } from './requestBody.ts';

/** Makes the Lambda handler of the notification address. A bank that is not known yet, or never, is told in plain text. */
export function notificationHandler(stageOf: () => PaymentStage) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .onError((request) => {
      request.response = answerError(request.event, request.error);
    })
    .handler(async (event) => {
      checkBodySize(event);
      const stage = stageOf();
      const { linkKeys } = await stage.links();
      const name = readAttemptToken('payment-notification', event.pathParameters?.['token'] ?? '', linkKeys);
      if (name === undefined) throw new AppError('not-found');
      const { rawQueryString: rawQuery } = event;
      const message = { channel: 'notification', rawQuery, body: formText(event) } as const;
      const { status, contentType, body } = await answerNotification(stage)(name, message);
      stage.logger.info('notification answered', { ...callFields(event), status, itemId: name.itemId });
      return { statusCode: status, headers: { 'Content-Type': contentType }, body };
    });
}

/** A bank tries again after a 503, and after nothing else. */
function answerError(event: APIGatewayProxyEventV2, error: unknown): APIGatewayProxyStructuredResultV2 {
  const code = error instanceof AppError ? error.code : 'internal-error';
  const status = statuses[code] ?? 503;
  const fields = { ...callFields(event), status, code };
  // Without the stage: it may be what failed.
  if (status < 500) consoleLogger.info('notification refused', fields);
  else {
    const cause = error instanceof AppError ? error.cause : error;
    consoleLogger.error('notification failed', { ...fields, ...describeCause(cause) });
  }
  return { statusCode: status, headers: { 'Content-Type': 'text/plain' }, body: code };
}

const statuses: Readonly<Record<string, number>> = {
  'not-found': 404,
  'unknown-item': 404,
  'unknown-attempt': 404,
  'payload-too-large': 413,
};

function callFields({ routeKey, requestContext }: APIGatewayProxyEventV2) {
  return { route: routeKey, requestId: requestContext.requestId };
}
