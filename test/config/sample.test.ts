import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { sampleYaml } from '../../config/sample.ts';
import { SETTING_KEYS, variableOf } from '../../config/settings.ts';

const written = readFileSync(new URL('../../config/sample.yaml', import.meta.url), 'utf8');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-sample-'));
  mkdirSync(join(folder, 'secrets'));
  for (const name of ['bot-password', 'passphrase', 'store-api-key', 'embedding-api-key', 'answering-api-key']) {
    writeFileSync(join(folder, 'secrets', name), 'secret');
    chmodSync(join(folder, 'secrets', name), 0o600);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(yaml: string) {
  const file = join(folder, 'kinkeeper.yaml');
  writeFileSync(file, yaml);
  return loadConfig({ file, env: {} });
}

test('the sample in the repository is the one that the table makes', () => {
  expect(written, 'run: node config/write-sample.ts').toBe(sampleYaml());
});

test('every setting is in the sample with its variable', () => {
  for (const key of SETTING_KEYS) expect(written).toContain(variableOf(key));
});

test('the sample loads as it is', () => {
  const { config, secrets } = load(written);
  expect(config.matrix.userId).toBe('@kin:home.test');
  expect(config.people).toHaveLength(2);
  expect(secrets.passphrase?.reveal()).toBe('secret');
});

test('a household that begins with the sample has neither a host helper nor a backup key to miss', () => {
  const { config } = load(written);
  expect(config.host).toEqual({});
  expect(config.backup.recipientsFile).toBeUndefined();
});

test('its commented lines are settings too', () => {
  const everything = written
    .replaceAll(/^ {2}# (url|model|apiKeyFile|contextTokens): /gm, '  $1: ')
    .replaceAll('kind: "auto"', 'kind: "openai"')
    .replaceAll('kind: "sqlite"', 'kind: "qdrant"');
  const { config, secrets } = load(everything);
  expect(config.embedding).toMatchObject({ kind: 'openai', model: expect.any(String) });
  expect(config.answering).toMatchObject({ kind: 'openai', contextTokens: 8192 });
  expect(config.store).toEqual({ kind: 'qdrant', url: 'http://127.0.0.1:6333' });
  expect(secrets.embeddingApiKey?.reveal()).toBe('secret');
});
