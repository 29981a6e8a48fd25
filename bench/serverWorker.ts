/** The server that is put under load: the documented call to add, behind our loopback gateway. */
import { createHandler } from '../functions/addBasketItem.ts';
import { type HttpApiHandler, startLoopbackServer } from '../tests/loopbackServer.ts';
import { addPath, openStage, readInput } from './benchStage.ts';

const { config } = readInput();
const stage = openStage(config);
const handler = createHandler(() => stage) as unknown as HttpApiHandler;
const server = await startLoopbackServer({ [addPath]: handler, $default: handler });
process.on('disconnect', async () => {
  await server.stop();
  stage.client.destroy();
});
process.send?.(server.url);
