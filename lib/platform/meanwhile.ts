/** Work done while waiting for the network. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Waits for a network call. Once the call has left, runs `make`, which does not depend on its answer: the processor is idle
 * then. When the call fails, this fails too, and the result of `make` is dropped.
 *
 * @param make must not fail: by then the call may have done its work.
 */
export async function meanwhile<Answer, Made>(call: Promise<Answer>, make: () => Made): Promise<[Answer, Made]> {
  return Promise.all([call, nextTurn().then(make)]);
}
