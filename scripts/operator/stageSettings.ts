/** What `serverless.yml` says of a stage, for the commands of an operator. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { CommandProblem } from '../command/commandProblem.ts';
import { readTables, type Tables } from '../local/tables.ts';

export interface StageSettings {
  readonly service: string;
  readonly stage: string;
  /** Of AWS, where the file has it and no other is asked for. */
  readonly region: string;
  readonly tables: Tables;
  readonly retentionDays: number;
  readonly recordDays: number;
  /** Whether it has the sandbox bank. */
  readonly hasSandbox: boolean;
}

type Params = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

interface Template {
  readonly service: string;
  readonly params: Params;
  readonly provider: { readonly region: string };
}

/** @throws CommandProblem when no stage can have this name. */
export async function readStageSettings(stage: string): Promise<StageSettings> {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(stage)) {
    throw new CommandProblem('The name of a stage is made of small letters, digits and hyphens.');
  }
  const text = await readFile(new URL('../../serverless.yml', import.meta.url), 'utf8');
  // The tags of CloudFormation, which the parser warns of, stand nowhere in what is read here.
  const { service, params, provider } = parse(text, { logLevel: 'error' }) as Template;
  const param = (name: string) => params[stage]?.[name] ?? params['default']?.[name];
  const days = (name: string) => {
    const count = Number(param(name));
    if (Number.isInteger(count) && count > 0) return count;
    throw new CommandProblem(`serverless.yml: ${name} of the stage ${stage} must be a number of days.`);
  };
  const [, region = ''] = /'([^']+)'/.exec(provider.region) ?? [];
  return {
    service,
    stage,
    region,
    tables: await readTables(stage),
    retentionDays: days('retentionDays'),
    recordDays: days('recordDays'),
    hasSandbox: param('sandbox') === 'true',
  };
}
