/**
 * A stand-in for Parameter Store on loopback: the operations that we use, its rules for names and sizes, and its check of
 * the signature (AWS Signature Version 4), computed here from AWS's description and not by the library that signs.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { localCredentials, localRegion } from '../scripts/local/engine.ts';

interface Parameter {
  readonly value: string;
  readonly type: string;
  readonly version: number;
}

export interface ParameterStoreServer {
  readonly endpoint: string;
  readonly parameters: Map<string, Parameter>;
  /** Operations since the start, with the path or name that each was about. */
  readonly calls: string[];
  /** How the next calls are answered, one each. */
  readonly faults: ('throttled' | 'failed' | 'reset' | 'denied')[];
  /** Runs `work` before the next call of this operation is done. */
  meanwhile(operation: string, work: () => void): void;
  stop(): Promise<void>;
}

interface Input {
  readonly Path: string;
  readonly Name: string;
  readonly Value: string;
  readonly Type: string;
  readonly Overwrite?: boolean;
  readonly Recursive?: boolean;
  readonly WithDecryption?: boolean;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

class ServiceError extends Error {}

export async function startParameterStore(): Promise<ParameterStoreServer> {
  const parameters: ParameterStoreServer['parameters'] = new Map();
  const calls: string[] = [];
  const faults: ParameterStoreServer['faults'] = [];
  let between: { operation: string; work: () => void } | undefined;

  const operations: Readonly<Record<string, (input: Input) => unknown>> = {
    GetParametersByPath({ Path, Recursive = false, WithDecryption, MaxResults = 10, NextToken = '0' }) {
      if (MaxResults > 10) throw new ServiceError('ValidationException');
      const names = [...parameters.keys()].filter((name) => {
        const rest = name.startsWith(`${Path}/`) ? name.slice(Path.length + 1) : '';
        return rest !== '' && (Recursive || !rest.includes('/'));
      });
      const from = Number(NextToken);
      const shown = names.toSorted().slice(from, from + MaxResults);
      const more = from + MaxResults < names.length ? { NextToken: String(from + MaxResults) } : {};
      return { Parameters: shown.map((name) => describe(name, WithDecryption)), ...more };
    },
    GetParameter({ Name, WithDecryption }) {
      if (!parameters.has(Name)) throw new ServiceError('ParameterNotFound');
      return { Parameter: describe(Name, WithDecryption) };
    },
    PutParameter({ Name, Value, Type, Overwrite = false }) {
      const isName = /^(\/[a-zA-Z0-9_.-]+){1,15}$/.test(Name) && !/^\/(aws|ssm)/i.test(Name);
      if (!isName || Value === '' || Buffer.byteLength(Value) > 4096) throw new ServiceError('ValidationException');
      const before = parameters.get(Name);
      if (before !== undefined && !Overwrite) throw new ServiceError('ParameterAlreadyExists');
      const version = (before?.version ?? 0) + 1;
      parameters.set(Name, { value: Value, type: Type ?? before?.type, version });
      return { Version: version, Tier: 'Standard' };
    },
    DeleteParameter({ Name }) {
      if (!parameters.delete(Name)) throw new ServiceError('ParameterNotFound');
      return {};
    },
  };

  function describe(Name: string, isDecrypted = false) {
    const { value = '', type, version } = parameters.get(Name) ?? {};
    return { Name, Type: type, Version: version, Value: type === 'SecureString' && !isDecrypted ? 'encrypted' : value };
  }

  const server = createServer(async (request, response) => {
    const body = await text(request);
    const answer = (status: number, content: object) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(content));
    };
    const operation = String(request.headers['x-amz-target']).replace('AmazonSSM.', '');
    const input = JSON.parse(body) as Input;
    calls.push(`${operation} ${input.Path ?? input.Name}`);
    if (between?.operation === operation) {
      between.work();
      between = undefined;
    }
    const fault = faults.shift();
    if (fault === 'reset') response.destroy();
    else if (fault === 'throttled') answer(400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
    else if (fault === 'failed') answer(500, { __type: 'InternalServerError' });
    else if (fault === 'denied') answer(400, { __type: 'AccessDeniedException', Message: 'arn:aws:iam::role is not…' });
    else if (!isSigned(request, body)) answer(400, { __type: 'InvalidSignatureException' });
    else {
      try {
        answer(200, operations[operation]?.(input) ?? {});
      } catch (error) {
        answer(400, { __type: (error as Error).message });
      }
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parameters,
    calls,
    faults,
    meanwhile(operation, work) {
      between = { operation, work };
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function isSigned({ method, url, headers }: IncomingMessage, body: string): boolean {
  const [, date = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=\w+\/(\d{8})\/[\w-]+\/ssm\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const signed = names.split(';');
  if (!['host', 'x-amz-date', 'x-amz-target'].every((name) => signed.includes(name))) return false;
  const canonical = signed.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const request = [method, url, '', canonical, names, hashOf(body)].join('\n');
  const scope = `${date}/${localRegion}/ssm/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hashOf(request)].join('\n');
  const key = [date, localRegion, 'ssm', 'aws4_request'].reduce<Buffer | string>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${localCredentials.secretAccessKey}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex') === signature;
}

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
