import { describe, expect, it } from 'vitest';
import { readAwsCredentials, readConfig } from './config.ts';

const environment = {
  ITEMS_TABLE: 'items',
  REGIES_TABLE: 'regies',
  AWS_REGION: 'eu-west-3',
  PUBLIC_URL: 'https://paiement.example.org/',
  SECRETS_FILE: '.local/secrets.json',
};

describe('readConfig', () => {
  it('reads the settings, with defaults', () => {
    expect(readConfig(environment)).toEqual({
      itemsTable: 'items',
      regiesTable: 'regies',
      region: 'eu-west-3',
      publicUrl: 'https://paiement.example.org',
      allowHttp: false,
      allowPrivateForms: false,
      language: 'fr',
      resultWord: 'succes',
      retentionDays: 400,
      recordDays: 3_653,
      secretsFile: '.local/secrets.json',
      secretsParts: ['callers', 'links', 'banks'],
      metricsNamespace: 'publik-basket',
    });
  });

  it('takes blank for absent, and what is set', () => {
    const set = {
      ...environment,
      RETENTION_DAYS: '30',
      API_LANGUAGE: 'en',
      RESULT_WORD: 'success',
      ALLOW_HTTP: 'true',
    };
    expect(readConfig({ ...set, DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000' })).toMatchObject({
      retentionDays: 30,
      language: 'en',
      resultWord: 'success',
      allowHttp: true,
      dynamodbEndpoint: 'http://127.0.0.1:8000',
    });
    expect(readConfig({ ...environment, RETENTION_DAYS: '', DYNAMODB_ENDPOINT: '' })).not.toHaveProperty(
      'dynamodbEndpoint',
    );
  });

  it.each(['ITEMS_TABLE', 'REGIES_TABLE', 'AWS_REGION', 'PUBLIC_URL'])('names %s when it is missing', (name) => {
    expect(() => readConfig({ ...environment, [name]: '' })).toThrow(`The setting ${name} is missing.`);
  });

  it('reads where the secrets are kept: a file, or a path and the parts of it that the function may read', () => {
    const { SECRETS_FILE: _, ...onAws } = environment;
    const path = { ...onAws, SECRETS_PATH: '/publik-basket/prod/' };
    expect(readConfig(path)).toMatchObject({
      secretsPath: '/publik-basket/prod',
      secretsParts: ['callers', 'links', 'banks'],
    });
    const some = { ...path, SECRETS_PARTS: 'links,callers', AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:8001' };
    expect(readConfig(some)).toMatchObject({
      secretsParts: ['callers', 'links'],
      ssmEndpoint: 'http://127.0.0.1:8001',
    });
    expect(() => readConfig(onAws)).toThrow('The setting SECRETS_PATH is missing.');
    expect(() => readConfig({ ...path, SECRETS_PARTS: 'callers,keys' })).toThrow('The setting SECRETS_PARTS must hold');
  });

  it.each([
    ['API_LANGUAGE', 'de'],
    ['RESULT_WORD', 'ok'],
    ['ALLOW_HTTP', 'maybe'],
    ['RETENTION_DAYS', '0'],
    ['RETENTION_DAYS', '1.5'],
    ['RETENTION_DAYS', '-3'],
  ])('names %s when it is %s', (name, value) => {
    expect(() => readConfig({ ...environment, [name]: value })).toThrow(`The setting ${name} must be`);
  });
});

describe('readAwsCredentials', () => {
  it('reads what Lambda gives, the session token only where there is one', () => {
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    expect(readAwsCredentials(keys)).toEqual({ accessKeyId: 'a', secretAccessKey: 'b' });
    expect(readAwsCredentials({ ...keys, AWS_SESSION_TOKEN: 'c' })).toMatchObject({ sessionToken: 'c' });
    expect(() => readAwsCredentials({})).toThrow('AWS_ACCESS_KEY_ID');
  });
});
