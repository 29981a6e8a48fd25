/** What is deployed: the CloudFormation template of a stage with every option, of the same without one, and of dev. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionRoles } from '../functionRoles.ts';
import { copyProject, type JsonObject, type PackagedStage, packageStage, type Template } from '../packagedStage.ts';
import { findFaults } from '../resourceSchemas.ts';
import {
  functionsOf,
  logicalId,
  ofType,
  readRole,
  resolveConditions,
  textsIn,
  variablesOf,
} from '../templateReading.ts';

const key = 'arn:aws:kms:eu-west-3:123456789012:key/11111111-2222-4333-8444-555555555555';
const options = {
  domainName: 'paiement.example.org',
  certificateArn: 'arn:aws:acm:eu-west-3:123456789012:certificate/11111111-2222-4333-8444-555555555555',
  kmsKeyArn: key,
  alarmEmail: 'astreinte@example.org',
  attendConcurrency: '5',
};
const withoutOptions = { HasDomain: false, HasKey: false, HasAlarmEmail: false, HasAttendConcurrency: false };

const names = ['prod with every option', 'prod', 'dev'] as const;
type Name = (typeof names)[number];

let projects: string[];
let packaged: Record<'prod' | 'dev', PackagedStage>;
let templates: Record<Name, Template>;

beforeAll(async () => {
  projects = await Promise.all([copyProject(), copyProject()]);
  const [first = '', second = ''] = projects;
  const parameters = Object.entries(options).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const [prod, dev] = await Promise.all([
    packageStage(first, ['--stage', 'prod', ...parameters]),
    packageStage(second, ['--stage', 'dev']),
  ]);
  packaged = { prod, dev };
  templates = {
    'prod with every option': resolveConditions(prod.template),
    prod: resolveConditions(prod.template, withoutOptions),
    dev: resolveConditions(dev.template),
  };
}, 120_000);
afterAll(() => Promise.all(projects.map((folder) => rm(folder, { recursive: true }))));

describe.each(names)('the template of %s', (name) => {
  const template = () => templates[name];
  const stage = name === 'dev' ? 'dev' : 'prod';
  const functionNames = Object.keys(functionRoles).filter((each) => stage === 'dev' || each !== 'sandboxBank');

  it('is one that AWS’s resource schemas take, and refers to nothing that is not there', () => {
    expect(findFaults(template())).toEqual([]);
  });

  it('keeps every table: on demand, encrypted, with recovery and against deletion', () => {
    const tables = Object.values(template().Resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(stage === 'dev' ? 3 : 2);
    for (const { Properties, DeletionPolicy } of tables) {
      expect(DeletionPolicy).toBe('Retain');
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      });
      const ownKey = name === 'prod with every option' ? { KMSMasterKeyId: key } : {};
      expect(Properties['SSESpecification']).toEqual({ SSEEnabled: true, SSEType: 'KMS', ...ownKey });
    }
  });

  it('keeps the logs for 90 days, under one’s own key when there is one', () => {
    const groups = ofType(template(), 'AWS::Logs::LogGroup');
    expect(Object.keys(groups).sort()).toEqual(
      [...functionNames.map((each) => `${logicalId(each)}LogGroup`), 'HttpApiLogGroup'].sort(),
    );
    for (const group of Object.values(groups)) {
      expect(group['RetentionInDays']).toBe(90);
      expect(group['KmsKeyId']).toBe(name === 'prod with every option' ? key : undefined);
    }
  });

  it('has each function on the right machine, with a role, a memory, a time-out and secrets of its own', () => {
    const functions = functionsOf(template());
    const sizes = Object.entries(functions).map(([each, { MemorySize, Timeout, Environment }]) => {
      const { Variables } = Environment as { Variables: JsonObject };
      return [each, MemorySize, Timeout, Variables['SECRETS_PARTS']];
    });
    expect(sizes).toEqual([
      ['addBasketItem', 1024, 15, 'callers,links'],
      ['removeBasketItem', 1024, 15, 'callers'],
      ['paymentPage', 1024, 29, 'links,banks'],
      ['paymentNotification', 512, 29, 'links,banks'],
      ['attendItems', 512, 120, 'callers,banks'],
      ...(stage === 'dev' ? [['sandboxBank', 512, 29, 'banks']] : []),
    ]);
    for (const [each, properties] of Object.entries(functions)) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(properties['Role']).toEqual({ 'Fn::GetAtt': [`${logicalId(each)}Role`, 'Arn'] });
    }
    expect(Object.keys(ofType(template(), 'AWS::IAM::Role')).sort()).toEqual(
      functionNames.map((each) => `${logicalId(each)}Role`).sort(),
    );
  });

  it.each(functionNames)('lets %s do what it does, and no more', (each) => {
    const { role, ofKey } = readRole(template(), each);
    const path = (resource: string) => (/^(callers|links|banks)\b/.test(resource) ? `/publik-basket/${stage}/` : '');
    const expected = Object.entries(functionRoles[each] ?? {}).map(([resource, actions]) => [
      `${path(resource)}${resource}`,
      actions,
    ]);
    expect(role).toEqual(Object.fromEntries(expected));
    const useOfKey = {
      Effect: 'Allow',
      Action: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
      Resource: key,
      Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Sub': `dynamodb.\${AWS::Region}.\${AWS::URLSuffix}` } } },
    };
    expect(ofKey).toEqual(name === 'prod with every option' ? [useOfKey] : []);
  });

  it('has no wildcard but these', () => {
    const policies = Object.entries(template().Resources).filter(([, { Type }]) => /Policy$|^AWS::IAM::/.test(Type));
    const wild = policies.flatMap(([id, { Properties }]) => {
      const found = textsIn(Properties).filter((text) => text.includes('*'));
      return found.map((text) => `${id}: ${text.replace(/^.*:parameter/, '')}`);
    });
    const ofSecrets = functionNames.flatMap((each) =>
      Object.keys(functionRoles[each] ?? {})
        .filter((path) => path.endsWith('/*'))
        .map((path) => `${logicalId(each)}Role: /publik-basket/${stage}/${path}`),
    );
    // osls's own: everybody is denied everything about the bucket of the zips that does not come by TLS.
    const denied = ['s3:*', '*', '/*'].map((text) => `ServerlessDeploymentBucketPolicy: ${text}`);
    expect(wild.sort()).toEqual([...ofSecrets, ...denied].sort());
  });

  it('holds no secret in an environment variable', () => {
    for (const properties of Object.values(functionsOf(template()))) {
      const variables = variablesOf(properties);
      expect(Object.keys(variables).sort()).toEqual([
        'ALLOW_HTTP',
        'ALLOW_PRIVATE_FORMS',
        'API_LANGUAGE',
        'DYNAMODB_ENDPOINT',
        'ITEMS_TABLE',
        'NODE_OPTIONS',
        'POWERTOOLS_LOG_LEVEL',
        'POWERTOOLS_METRICS_NAMESPACE',
        'POWERTOOLS_SERVICE_NAME',
        'PUBLIC_URL',
        'RECORD_DAYS',
        'REGIES_TABLE',
        'RESULT_WORD',
        'RETENTION_DAYS',
        'SANDBOX_TABLE',
        'SANDBOX_URL',
        'SECRETS_FILE',
        'SECRETS_PARTS',
        'SECRETS_PATH',
      ]);
      // Nothing that was drawn at random, and nothing that somebody typed: names, addresses, yes and no, numbers.
      for (const text of textsIn(variables)) {
        expect(text).toMatch(
          /^(publik-basket[\w-]*|\/publik-basket\/\w+|https:\/\/[\w.${}:-]*|\/sandbox|[a-z,]*|INFO|\d{1,4}|--enable-source-maps|HttpApi\w*)$/,
        );
      }
    }
  });

  it('tells the topic of every alarm, when it begins and when it ends', () => {
    const alarms = Object.values(ofType(template(), 'AWS::CloudWatch::Alarm'));
    const wired = [{ Ref: 'AlarmTopic' }];
    for (const alarm of alarms) expect(alarm).toMatchObject({ AlarmActions: wired, OKActions: wired });
    const watched = alarms.map(({ MetricName, Dimensions }) => [MetricName ?? 'DynamoDB throttles', Dimensions ?? []]);
    const ofFunction = (each: string) => [{ Name: 'FunctionName', Value: { Ref: `${logicalId(each)}LambdaFunction` } }];
    const ours = [{ Name: 'service', Value: 'publik-basket' }];
    expect(watched.map((each) => JSON.stringify(each)).sort()).toEqual(
      [
        ['OldestDueAge', ours],
        ['MoneyAlerts', ours],
        ['NoticesFailed', ours],
        ['ItemsNotAttended', ours],
        ['BankMessagesRefused', ours],
        ['PaymentsRejected', ours],
        ['PagesInterrupted', ours],
        ['5xx', [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }]],
        ['DynamoDB throttles', []],
        ['Duration', ofFunction('addBasketItem')],
        ['Duration', ofFunction('removeBasketItem')],
        ...functionNames.flatMap((each) => [
          ['Errors', ofFunction(each)],
          ['Throttles', ofFunction(each)],
        ]),
      ]
        .map((each) => JSON.stringify(each))
        .sort(),
    );
  });

  it('raises an alarm when nothing is reported of what is due, and for no other silence', () => {
    const alarms = Object.values(ofType(template(), 'AWS::CloudWatch::Alarm'));
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(breaching.map(({ MetricName }) => MetricName)).toEqual(['OldestDueAge']);
    expect(breaching[0]).toMatchObject({ Namespace: `publik-basket-${stage}`, Statistic: 'Maximum', Threshold: 900 });
  });

  it('shows every metric of ours on one dashboard', () => {
    const [body, second] = Object.values(ofType(template(), 'AWS::CloudWatch::Dashboard')).map(
      ({ DashboardBody }) => (DashboardBody as { 'Fn::Sub': string })['Fn::Sub'],
    );
    expect(second).toBeUndefined();
    const { widgets } = JSON.parse(body?.replace(/\$\{[^}]+\}/g, 'x') ?? '') as { widgets: JsonObject[] };
    const text = JSON.stringify(widgets);
    const series = [
      ['ItemsAdded', 'service,regie'],
      ['ItemsRemoved', 'service,by'],
      ['ItemsPaid', 'service,regie'],
      ['CentsPaid', 'service,regie'],
      ['AttemptsSettled', 'service,bank,outcome'],
      ['NoticesEnded', 'service,outcome'],
    ];
    for (const [metric, dimensions] of series) {
      const search = `SEARCH('{"publik-basket-${stage}",${dimensions}} MetricName="${metric}"', 'Sum', 300)`;
      expect(text).toContain(JSON.stringify(search).slice(1, -1));
    }
    for (const metric of ['MoneyAlerts', 'NoticesFailed', 'OldestDueAge']) {
      expect(text).toContain(`["publik-basket-${stage}","${metric}","service","publik-basket"]`);
    }
  });

  it('limits the gateway, and logs neither path nor query nor address of the caller', () => {
    const { DefaultRouteSettings, AccessLogSettings } =
      ofType(template(), 'AWS::ApiGatewayV2::Stage')['HttpApiStage'] ?? {};
    expect(DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 });
    const { Format } = AccessLogSettings as { Format: string };
    expect(JSON.parse(Format)).toEqual({
      time: '$context.requestTimeEpoch',
      requestId: '$context.requestId',
      routeKey: '$context.routeKey',
      method: '$context.httpMethod',
      status: '$context.status',
      latencyMs: '$context.responseLatency',
      integrationStatus: '$context.integrationStatus',
      integrationLatencyMs: '$context.integrationLatency',
      integrationError: '$context.integrationErrorMessage',
      error: '$context.error.responseType',
    });
  });
});

describe('an option', () => {
  const publicUrlOf = (name: Name) => templates[name].Outputs['PublicUrl']?.Value;

  it('domainName: the public address follows it, for commands and functions', () => {
    expect(publicUrlOf('prod with every option')).toBe('https://paiement.example.org');
    expect(publicUrlOf('prod')).toEqual({
      'Fn::Sub': `https://\${HttpApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`,
    });
    for (const name of names) {
      const { Environment } = functionsOf(templates[name])['paymentPage'] ?? {};
      expect(Environment).toMatchObject({ Variables: { PUBLIC_URL: publicUrlOf(name) } });
      expect(Object.values(ofType(templates[name], 'AWS::SSM::Parameter'))).toEqual([
        {
          Name: `/publik-basket/${name === 'dev' ? 'dev' : 'prod'}/public-url`,
          Type: 'String',
          Value: publicUrlOf(name),
        },
      ]);
    }
  });

  it('alarmEmail: who hears of alarms', () => {
    const mails = names.map((name) => Object.values(ofType(templates[name], 'AWS::SNS::Subscription')));
    expect(mails).toEqual([
      [{ TopicArn: { Ref: 'AlarmTopic' }, Protocol: 'email', Endpoint: 'astreinte@example.org' }],
      [],
      [],
    ]);
  });

  it('attendConcurrency: of attendItems alone; without it nothing is taken from the account’s pool', () => {
    const reserved = names.map((name) =>
      Object.entries(functionsOf(templates[name])).flatMap(([each, { ReservedConcurrentExecutions: count }]) =>
        count === undefined ? [] : [[each, count]],
      ),
    );
    expect(reserved).toEqual([[['attendItems', '5']], [], []]);
  });
});

describe('the zips', () => {
  it('are at most 800 kB each with their source maps, one for each function, and hold nothing that `npm start` left', () => {
    expect(Object.keys(packaged.prod.zips).sort()).toEqual(Object.keys(functionsOf(templates.prod)).sort());
    for (const [name, bytes] of Object.entries({ ...packaged.prod.zips, ...packaged.dev.zips })) {
      expect(bytes, name).toBeLessThan(800_000);
      expect(bytes, name).toBeGreaterThan(50_000);
    }
  });
});
