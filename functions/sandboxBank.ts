/** The sandbox bank, on stages that have one: every address under /sandbox, and the tick of its schedule. */
import { type SandboxStage, sandboxStage } from '../lib/composition/sandboxStage.ts';
import { sandboxBankHandler } from '../lib/http/sandboxBankCall.ts';

export const createHandler = (stageOf: () => SandboxStage) => sandboxBankHandler(stageOf);

export const handler = createHandler(sandboxStage);
