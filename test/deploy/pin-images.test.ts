import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

// What pin-images.sh writes to .env, with the real docker-compose.yml and a `docker` that knows some images.

const REPO = fileURLToPath(new URL('../../', import.meta.url));
const COMPOSE = readFileSync(`${REPO}docker-compose.yml`, 'utf8');
const SYNAPSE = /SYNAPSE_IMAGE:-([^}]*)}/.exec(COMPOSE)![1]!;
const OLLAMA = /OLLAMA_IMAGE:-([^}]*)}/.exec(COMPOSE)![1]!;
const [ONE, TWO] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-pin-'));
  writeFileSync(join(folder, 'docker-compose.yml'), COMPOSE);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `images`: of those that are here, their digests as `docker image inspect` says them. */
async function pin(images: Readonly<Record<string, string>>) {
  const cases = Object.entries(images).map(([name, digests]) => `*' ${name}') printf '${digests}' ;;`);
  writeFileSync(
    join(folder, 'docker'),
    `#!/bin/sh\necho "$*" >>${folder}/calls\ncase "$*" in pull*) ;; ${cases.join(' ')} *) exit 1 ;; esac\n`,
  );
  chmodSync(join(folder, 'docker'), 0o755);
  const { exitCode, stderr } = await execa(`${REPO}config/deploy/pin-images.sh`, [folder], {
    env: { PATH: `${folder}:${process.env.PATH}` },
    reject: false,
  });
  return { exitCode, stderr };
}
const env = () => readFileSync(join(folder, '.env'), 'utf8');
const repository = (image: string) => image.replace(/:[^:]*$/, '');
const here = { [SYNAPSE]: `other/place@${TWO}\\n${repository(SYNAPSE)}@${ONE}\\n` };

test('what was fetched gets its digest, and all else of .env stays', async () => {
  writeFileSync(join(folder, '.env'), 'TZ=Europe/Berlin\n', { mode: 0o600 });
  expect(await pin(here)).toEqual({ exitCode: 0, stderr: '' });
  expect(env()).toBe(`TZ=Europe/Berlin\nSYNAPSE_IMAGE=${SYNAPSE}@${ONE}\n`);
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
  // Once more: nothing to do.
  expect(await pin({})).toEqual({ exitCode: 0, stderr: '' });
  expect(env()).toBe(`TZ=Europe/Berlin\nSYNAPSE_IMAGE=${SYNAPSE}@${ONE}\n`);
});

test('a pin of an earlier version is taken anew; an image from elsewhere is left alone', async () => {
  const elsewhere = `OLLAMA_IMAGE=registry.example/ollama@${TWO}\n`;
  writeFileSync(join(folder, '.env'), `SYNAPSE_IMAGE=${repository(SYNAPSE)}:v1.0.0@${TWO}\n${elsewhere}`);
  expect(await pin({ ...here, [OLLAMA]: `ollama/ollama@${ONE}\\n` })).toEqual({ exitCode: 0, stderr: '' });
  expect(env()).toBe(`${elsewhere}SYNAPSE_IMAGE=${SYNAPSE}@${ONE}\n`);
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toContain(`pull -q ${SYNAPSE}`);
});

test('an image without a digest is named, with what to do', async () => {
  const { exitCode, stderr } = await pin({ ...here, [OLLAMA]: '' });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`no digest of ${OLLAMA}: \`docker pull\``);
  expect(env()).toContain('SYNAPSE_IMAGE=');
});

test('without the folder it says which is needed', async () => {
  const { exitCode, stderr } = await execa(`${REPO}config/deploy/pin-images.sh`, [], { reject: false });
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('/opt/kinkeeper') });
});
