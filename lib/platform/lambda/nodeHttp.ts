/**
 * Stands in the bundles for `import 'node:http'`: the ESM form evaluates lazy getters of that module and so loads undici,
 * 28 ms at each cold start, where taking the built-in as it is costs 3.
 */
const http = process.getBuiltinModule('node:http');

export const { Agent, request, STATUS_CODES } = http;
export default http;
