/** The sandbox bank, on stages that have one: every address under /sandbox, and the tick of its schedule. */
import { type SandboxDeps, sandboxDeps } from '../lib/composition/sandboxDeps.ts';
import { sandboxBankHandler } from '../lib/http/sandboxBankCall.ts';

export const createHandler = (depsOf: () => SandboxDeps) => sandboxBankHandler(depsOf);

export const handler = createHandler(sandboxDeps);
