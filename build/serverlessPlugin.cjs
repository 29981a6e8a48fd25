// Plugin of serverless.yml; CommonJS, because that is how osls loads one.
require('./requireNode24.cjs');
const { createRequire } = require('node:module');

module.exports = class PublikBasketPlugin {
  constructor(serverless) {
    this.hooks = {
      'before:package:initialize': () => refuseTrials(serverless),
      'before:deploy:function:initialize': () => refuseTrials(serverless),
      'before:package:createDeploymentArtifacts': compileSchemas,
      'before:offline:start:init': () => {
        if (process.env.STOP_WITH_PARENT) stopWithParent();
        keepRequestsAsSent();
      },
    };
  }
};

/** What is for trying things out, where the functions have it. */
const trials = {
  'allowHttp: forms may be called over http': ({ provider }) => provider.environment.ALLOW_HTTP !== 'false',
  'allowPrivateForms: forms at private addresses may be called': ({ provider }) =>
    provider.environment.ALLOW_PRIVATE_FORMS !== 'false',
  'sandbox: the sandbox bank': ({ provider, functions }) =>
    'sandboxBank' in functions || provider.environment.SANDBOX_URL !== '',
};

/** Before anything is built: where money is real, nobody may add an item over http or have it paid by nobody. */
function refuseTrials({ service, classes }) {
  const { stage } = service.provider;
  if (stage === 'dev') return;
  if (stage === 'local') {
    throw new classes.Error('The stage local is that of "npm start" on a laptop: it is not deployed.');
  }
  const found = Object.keys(trials).filter((name) => trials[name](service));
  if (found.length === 0) return;
  throw new classes.Error(
    `The stage ${stage} must not have what only dev and local may. Set back ${found.join('; ')}.`,
  );
}

async function compileSchemas() {
  const { compileSchemas: compile } = await import('./compileSchemas.ts');
  await compile();
}

/** `npm start` holds the other end of standard input: when it is gone, however it went, nobody else would stop us. */
function stopWithParent() {
  process.stdin.on('end', () => process.exit(0)).resume();
}

/**
 * HTTP API hands a function the query string and the bytes of the body as the client sent them; signatures live on that.
 * serverless-offline decodes and encodes the query string again (`~`, `*`, `/` and lower-case hex change), takes any body
 * for UTF-8, drops a final slash and refuses a Content-Type that it cannot read. Its own server has no hook for it, so
 * the framework below, hapi, gets one.
 */
function keepRequestsAsSent() {
  const { Server } = createRequire(require.resolve('serverless-offline'))('@hapi/hapi');
  // hapi exports a factory; the class is had from what it makes.
  const prototype = Object.getPrototypeOf(Server());
  const { start } = prototype;
  prototype.start = function startKeepingRequests() {
    this.settings.router.stripTrailingSlash = false;
    this.ext('onRequest', (request, h) => {
      const { url, headers } = request.raw.req;
      const rawQuery = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
      Object.defineProperty(request.url.searchParams, 'toString', { value: () => rawQuery });
      // Taken for binary, a body reaches the function byte for byte, in Base64; the event's own headers stay as sent.
      headers['content-type'] = 'application/octet-stream';
      return h.continue;
    });
    return start.call(this);
  };
}
