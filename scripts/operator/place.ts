/** Where an operator's command works: the laptop or, with `--stage`, an AWS account. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CommandProblem } from '../command/commandProblem.ts';
import { localClient } from '../local/engine.ts';
import { withEngine } from '../local/folder.ts';
import { fileRegister, parameterRegister, type SecretsRegister } from './secretsRegister.ts';
import { readStageSettings, type StageSettings } from './stageSettings.ts';

/** The stage that `npm start` runs. */
const localStage = 'local';

/** Options of every command of an operator. */
export const placeOptions = {
  stage: {
    type: 'string',
    value: '<name>',
    about: 'the stage on AWS, reached with the credentials of your shell; the laptop without it',
  },
  region: { type: 'string', value: '<name>', about: 'the AWS region, if it is not the one in serverless.yml' },
} as const;

export interface PlaceValues {
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
}

export interface Place {
  readonly settings: StageSettings;
  readonly isLocal: boolean;
  readonly secrets: SecretsRegister;
  /** Gives the tables to some work: on the laptop, those of the running service, or an engine for the time of the work. */
  withTables<Result>(work: (tables: PlaceTables) => Promise<Result>): Promise<Result>;
}

export interface PlaceTables {
  readonly client: DynamoDBDocumentClient;
  readonly itemsTable: string;
  readonly regiesTable: string;
}

/** @throws CommandProblem when the values make no sense. */
export async function openPlace({ stage = localStage, region }: PlaceValues): Promise<Place> {
  const settings = await readStageSettings(stage);
  const isLocal = stage === localStage;
  if (isLocal && region !== undefined) throw new CommandProblem('--region goes with --stage.');
  const aws = { region: region ?? settings.region };
  const secretsPath = `/${settings.service}/${stage}`;
  return {
    settings: { ...settings, ...aws },
    isLocal,
    secrets: isLocal ? fileRegister : parameterRegister(new SSMClient(aws), secretsPath),
    withTables: (work) => {
      const { tables } = settings;
      const open = (client: DynamoDBClient) =>
        work({
          ...tables,
          client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
        });
      return isLocal ? withEngine(({ endpoint }) => open(localClient(endpoint))) : open(new DynamoDBClient(aws));
    },
  };
}
