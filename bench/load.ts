/** Puts the documented call to add under load, over HTTP, with autocannon. */
import autocannon from 'autocannon';
import { addBody, addPath, signCall } from './benchStage.ts';

export interface LoadFigures {
  readonly connections: number;
  readonly callsPerSecond: number;
  readonly medianMs: number;
  readonly p975Ms: number;
  readonly p99Ms: number;
  readonly answered: number;
  /** Anything but an answer 200. */
  readonly failed: number;
}

/** What a call sends is signed anew each time: a signed URL serves once. */
export async function measureLoad(url: string, connections: number, seconds: number): Promise<LoadFigures> {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(addBody),
        setupRequest: (request) => ({ ...request, path: signCall(addPath) }),
      },
    ],
  });
  const { latency, requests, errors, non2xx } = result;
  return {
    connections,
    callsPerSecond: requests.total / result.duration,
    medianMs: latency.p50,
    p975Ms: latency.p97_5,
    p99Ms: latency.p99,
    answered: result['2xx'],
    failed: errors + non2xx,
  };
}
