import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { callFields } from './callLog.ts';

describe('callFields: the path of the form', () => {
  it.each([
    [
      'https://demarches.example.org/backoffice/management/cantine/14/?q=gerard#s3cr3t',
      '/backoffice/management/cantine/14/',
    ],
    ['https://demarches.example.org/backoffice/data/cantine/3-14/', '/backoffice/data/cantine/3-14/'],
    ['https://demarches.example.org/backoffice/data/agents/jean-dupont/', undefined],
    ['https://demarches.example.org/backoffice/management/gerard%40rungis.fr/14/', undefined],
    ['https://demarches.example.org/cantine/14/', undefined],
    ['mailto:gerard@rungis.fr', undefined],
    ['data:text/plain,gerard', undefined],
    ['/backoffice/management/cantine/14/', undefined],
    [`https://demarches.example.org/backoffice/${'a'.repeat(61)}/14/`, undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (address, expected) => {
    const headers = address === undefined ? {} : { 'publik-caller-url': address };
    const event = { routeKey: 'ANY /x', requestContext: { requestId: 'r-1' }, headers };
    const path = expected === undefined ? {} : { callerPath: expected };
    expect(callFields(event as unknown as APIGatewayProxyEventV2)).toEqual({
      route: 'ANY /x',
      requestId: 'r-1',
      ...path,
    });
  });
});
