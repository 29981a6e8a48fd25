/** Events of an HTTP API as they also come from a test in the console or from an emulator: with less in them. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

type Lacking<Shape> = { readonly [Field in keyof Shape]?: Shape[Field] | null };

interface GivenEvent extends Omit<Lacking<APIGatewayProxyEventV2>, 'requestContext'> {
  readonly requestContext?: Lacking<APIGatewayProxyEventV2['requestContext']> | null;
}

/**
 * The event with all that every edge reads. What is not there, or null, is empty: an event without a method is one of a method
 * that no route has, and one without a query string is not signed. What is no text is no body.
 */
export function wholeEvent(event: GivenEvent | null): APIGatewayProxyEventV2 {
  const { requestContext: context, ...given } = event ?? {};
  return {
    ...given,
    routeKey: given.routeKey ?? '',
    rawPath: given.rawPath ?? '',
    rawQueryString: given.rawQueryString ?? '',
    headers: given.headers ?? {},
    body: typeof given.body === 'string' ? given.body : undefined,
    requestContext: { ...context, requestId: context?.requestId ?? '', http: context?.http ?? { method: '' } },
  } as APIGatewayProxyEventV2;
}
