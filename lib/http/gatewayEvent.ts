/** Completes the events of an HTTP API: a test in the console, or an emulator, sends some with less in them. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

type Lacking<Shape> = { readonly [Field in keyof Shape]?: Shape[Field] | null };

interface GivenEvent extends Omit<Lacking<APIGatewayProxyEventV2>, 'requestContext'> {
  readonly requestContext?: Lacking<APIGatewayProxyEventV2['requestContext']> | null;
}

/**
 * The event with every field that the edges read. A missing or null field becomes empty: without a method no route matches, and
 * without a query string the call is not signed. A body that is no text becomes none.
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
