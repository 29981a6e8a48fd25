/** The parts of a stage that the sandbox bank needs, beside those that every function has. */
import { dynamodbSandboxStore } from '../sandboxBank/dynamodbSandboxStore.ts';
import type { SandboxStore } from '../sandboxBank/sandboxStore.ts';
import { type Stage, stage } from './stage.ts';

export interface SandboxStage extends Stage {
  /** Missing on a stage that has no sandbox bank. */
  readonly sandboxStore?: SandboxStore;
}

export function buildSandboxStage(base: Stage): SandboxStage {
  const { sandboxTable } = base.config;
  return sandboxTable === undefined ? base : { ...base, sandboxStore: dynamodbSandboxStore(base.client, sandboxTable) };
}

let built: SandboxStage | undefined;

/** As `stage`, built at the first call. */
export function sandboxStage(): SandboxStage {
  built ??= buildSandboxStage(stage());
  return built;
}
