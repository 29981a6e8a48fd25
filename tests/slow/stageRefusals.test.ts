/** What is not packaged: what is for trying things out, on a stage of real money; a function that `infra/` does not know. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyProject, runServerless } from '../packagedStage.ts';

let project: string;
beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => rm(project, { recursive: true }));

// osls needs seconds to start, on a busy machine many.
describe('a stage of real money', { timeout: 120_000 }, () => {
  const refusal = (stage: string) => `The stage ${stage} must not have what only dev and local may. Set back `;
  const http = 'allowHttp: forms may be called over http';
  const privateForms = 'allowPrivateForms: forms at private addresses may be called';
  const sandbox = 'sandbox: the sandbox bank';

  it.each([
    [
      'prod',
      ['allowHttp=true', 'allowPrivateForms=true', 'sandbox=true'],
      `${refusal('prod')}${http}; ${privateForms}; ${sandbox}.`,
    ],
    ['recette', ['sandboxUrl=https://bank.example.org/sandbox'], `${refusal('recette')}${sandbox}.`],
    ['local', [], 'The stage local is that of "npm start" on a laptop: it is not deployed.'],
  ])('%s is not packaged with %s', async (stage, parameters, sentence) => {
    const given = parameters.flatMap((parameter) => ['--param', parameter]);
    const refused = runServerless(project, ['package', '--stage', stage, ...given]);
    await expect(refused).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining(sentence) });
  });
});

describe('a function', { timeout: 120_000 }, () => {
  it.each([
    ['a role', 'infra/roles.yml', 'infra/roles.yml does not say what attendItems may do.'],
    ['alarms', 'infra/alarms.yml', 'infra/alarms.yml does not say what people notice when attendItems fails.'],
  ])('is not packaged without %s', async (_, file, sentence) => {
    const path = join(project, file);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('  attendItems:', '  anotherName:'));
    const refused = runServerless(project, ['package', '--stage', 'dev']).finally(() => writeFile(path, text));
    await expect(refused).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining(sentence) });
  });
});
