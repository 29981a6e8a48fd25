/** Work that is done while something else is waited for. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Waits for a call to the network and, once it has left, makes what does not depend on its answer: the processor has nothing
 * else to do. When the call fails, so does this, and what was made is dropped.
 *
 * @param make must not fail: the call may have done its work by then.
 */
export async function meanwhile<Answer, Made>(call: Promise<Answer>, make: () => Made): Promise<[Answer, Made]> {
  return Promise.all([call, nextTurn().then(make)]);
}
