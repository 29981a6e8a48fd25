/**
 * Replaces `import 'node:http'` in the bundles. The ESM import evaluates lazy getters of that module and so loads undici: 28 ms
 * at each cold start. Taking the built-in module as it is costs 3 ms.
 */
const http = process.getBuiltinModule('node:http');

export const { Agent, request, STATUS_CODES } = http;
export default http;
