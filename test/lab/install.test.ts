import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installedAsLocked } from './install/node-modules.mjs';

const REPO = fileURLToPath(new URL('../../', import.meta.url));
const INSTALL = fileURLToPath(new URL('./install.mjs', import.meta.url));
let lab: string;

beforeEach(() => {
  lab = mkdtempSync(join(tmpdir(), 'kinkeeper-install-'));
});

afterEach(() => rmSync(lab, { recursive: true, force: true }));

function install(parts: string[], env: Record<string, string> = {}, program = INSTALL) {
  const base = { PATH: process.env.PATH ?? '', HOME: lab, KINKEEPER_LAB: lab };
  const result = spawnSync(process.execPath, [program, ...parts], { env: { ...base, ...env }, encoding: 'utf8' });
  return { code: result.status, said: result.stderr };
}

/** A command that plays a broken Python: each pattern of its arguments gets an answer. */
function fakePython(script: string): string {
  const bin = join(lab, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'python3'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return bin;
}

test('an unknown part is a usage error', () => {
  expect(install(['pyhton'])).toEqual({
    code: 2,
    said: 'install: usage: node test/lab/install.mjs [npm] [python] [nio] [llm] [schemathesis] [minilm]\n',
  });
});

// Before anything is asked to install here: it would make the packages anew under the feet of the tests that run.
test('the packages that run these tests are those that the lock file asks for', () => {
  const { packages } = JSON.parse(readFileSync(join(REPO, 'package-lock.json'), 'utf8'));
  const asked = JSON.parse(readFileSync(join(REPO, 'package.json'), 'utf8'));
  for (const kind of ['dependencies', 'devDependencies']) expect(packages[''][kind]).toEqual(asked[kind]);
  expect(installedAsLocked(REPO)).toBe(true);
});

test('ready parts take no time and say nothing', () => {
  if (!installedAsLocked(REPO)) throw new Error('see the test above');
  expect(install(['npm'])).toEqual({ code: 0, said: '' });
});

test('a missing Python is told in one line with the command that helps', () => {
  expect(install(['python'], { PATH: lab })).toMatchObject({
    code: 1,
    said: expect.stringMatching(/none found.*apt install python3\b/),
  });
});

test('an old Python is told with the version that was found', () => {
  const { code, said } = install(['python'], { PATH: fakePython('echo 3 9') });
  expect(said).toMatch(/^install: Python 3\.11 or newer is needed for Synapse; found 3\.9\./);
  expect(code).toBe(1);
});

test('a Python without the venv module is told with the package that brings it', () => {
  const { code, said } = install(['python'], {
    PATH: fakePython('case "$2" in *ensurepip*) exit 1;; *) echo 3 11;; esac'),
  });
  expect(said).toBe("install: Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv\n");
  expect(code).toBe(1);
});

test('an unreachable package index has an exit code of its own', () => {
  const { code, said } = install(['python'], {
    PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
    PIP_CONFIG_FILE: '/dev/null',
  });
  expect(said).toContain('the Python package index cannot be reached, so python was not installed');
  expect(code).toBe(3);
});

test('an environment whose installation broke off is made anew, a finished one is left alone', () => {
  const venv = join(lab, 'python');
  // Makes an "environment" whose pip fails as long as the file `broken` is there.
  const pip = `case "$*" in *"pip install"*) test ! -e ${lab}/broken || { echo ERROR: no space left; exit 1; };; esac`;
  const make = `mkdir -p "$3/bin"; printf '#!/bin/sh\\n%s\\n' '${pip}' > "$3/bin/python"; chmod +x "$3/bin/python"`;
  const bin = fakePython(`case "$2" in venv) ${make};; *) echo 3 11;; esac`);
  const env = { PATH: `${bin}:${process.env.PATH}` };
  writeFileSync(join(lab, 'broken'), '');
  expect(install(['python'], env)).toMatchObject({
    code: 1,
    said: expect.stringContaining('pip could not install python: ERROR: no space left'),
  });
  rmSync(join(lab, 'broken'));
  writeFileSync(join(venv, 'leftover'), 'of the broken installation');
  expect(install(['python'], env).code).toBe(0);
  expect(existsSync(join(venv, 'leftover'))).toBe(false);
  writeFileSync(join(venv, 'kept'), 'in the finished environment');
  expect(install(['python'], env)).toEqual({ code: 0, said: '' });
  expect(install(['python', 'nio'], env).code).toBe(0);
  expect(existsSync(join(venv, 'kept'))).toBe(true);
});

test('node_modules is reinstalled when the lock file asks for another version, and only then', () => {
  const repo = join(lab, 'repo');
  cpSync(fileURLToPath(new URL('./install', import.meta.url)), join(repo, 'test/lab/install'), { recursive: true });
  cpSync(INSTALL, join(repo, 'test/lab/install.mjs'));
  const write = (file: string, packages: object) => {
    mkdirSync(join(repo, file, '..'), { recursive: true });
    writeFileSync(join(repo, file), JSON.stringify({ packages }));
  };
  const npm = join(lab, 'npm-cli.js');
  writeFileSync(
    npm,
    `require('fs').appendFileSync(${JSON.stringify(join(lab, 'calls'))}, process.argv.slice(2).join(' ') + ' ' + process.env.ONNXRUNTIME_NODE_INSTALL + '\\n');`,
  );
  const run = (env: Record<string, string> = {}) =>
    install(['npm'], { npm_execpath: npm, ...env }, join(repo, 'test/lab/install.mjs')).code;
  const calls = () =>
    existsSync(join(lab, 'calls')) ? readFileSync(join(lab, 'calls'), 'utf8').trim().split('\n').length : 0;

  write('package-lock.json', {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/tool': { version: '1.0.0', dev: true },
    'node_modules/elsewhere': { version: '1.0.0', optional: true },
  });
  expect([run(), calls()]).toEqual([0, 1]);
  write('node_modules/.package-lock.json', {
    'node_modules/a': { version: '1.0.0' },
    'node_modules/tool': { version: '1.0.0' },
  });
  expect([run(), calls()]).toEqual([0, 1]);
  write('node_modules/.package-lock.json', {
    'node_modules/a': { version: '0.9.0' },
    'node_modules/tool': { version: '1.0.0' },
  });
  expect([run(), calls()]).toEqual([0, 2]);
  write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
  expect([run(), calls()]).toEqual([0, 3]);
  expect([run({ NODE_ENV: 'production' }), calls()]).toEqual([0, 3]);
  // What a package would fetch for graphics cards stays away, without a setting that npm warns of.
  expect(readFileSync(join(lab, 'calls'), 'utf8').split('\n')[0]).toBe('ci --no-audit --no-fund --loglevel=error skip');
});
