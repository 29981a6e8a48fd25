/** The parts of a stage that the sandbox bank needs, beside those that every function has. */
import { dynamodbSandboxStore } from '../sandboxBank/dynamodbSandboxStore.ts';
import type { SandboxStore } from '../sandboxBank/sandboxStore.ts';
import { type ServiceDeps, serviceDeps } from './serviceDeps.ts';

export interface SandboxDeps extends ServiceDeps {
  /** Missing on a stage that has no sandbox bank. */
  readonly sandboxStore?: SandboxStore;
}

export function buildSandboxDeps(base: ServiceDeps): SandboxDeps {
  const { sandboxTable } = base.config;
  return sandboxTable === undefined ? base : { ...base, sandboxStore: dynamodbSandboxStore(base.client, sandboxTable) };
}

let built: SandboxDeps | undefined;

/** As `serviceDeps`, built at the first call. */
export function sandboxDeps(): SandboxDeps {
  built ??= buildSandboxDeps(serviceDeps());
  return built;
}
