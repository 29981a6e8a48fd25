/** What is for trying things out does not reach a stage of real money. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyProject, runServerless } from './packagedStage.ts';

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
  const sandbox = 'sandbox: a bank that pretends';

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
