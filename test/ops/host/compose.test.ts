import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Publisher } from '../update/publisher.ts';
import { TestHost } from './test-host.ts';

// The same steps with a compose file and an image by its digest; docker is a stand-in that notes how it was called.

const OLD = `registry.test/kinkeeper@sha256:${'a'.repeat(64)}`;
const NEW = `registry.test/kinkeeper@sha256:${'b'.repeat(64)}`;

let host: TestHost;
let publisher: Publisher;
let env: string;
let state: string;
let settings: Record<string, string>;
beforeEach(async () => {
  host = TestHost.make();
  state = join(host.dir, 'state');
  env = join(host.dir, 'compose.env');
  mkdirSync(state, { mode: 0o700 });
  writeFileSync(join(state, 'control.db'), 'as before');
  writeFileSync(env, `TZ=Europe/Berlin\nKINKEEPER_IMAGE=${OLD}\nKINKEEPER_VERSION=0.1.0\n`, { mode: 0o640 });
  publisher = await Publisher.make(host.dir);
  mkdirSync(join(host.dir, 'tree'));
  await publisher.publish('0.2.0', join(host.dir, 'tree'), NEW);
  cpSync(publisher.feed, join(host.spool, 'incoming'), { recursive: true });
  settings = {
    deployment: 'compose',
    compose_file: join(host.dir, 'compose.yml'),
    compose_env: env,
    keyring: publisher.keyring,
    ...{ state_dir: state, gate_seconds: '2', poll_seconds: '0.1' },
  };
  host.configure(settings);
});
afterEach(() => host.remove());

/** `works`: the new image asks to be confirmed when it is started; otherwise it spoils the data and says nothing. */
function fakeDocker(works: boolean, running = 'bot\\nops\\n'): void {
  const verdict = `printf 'confirm-release\\nupdate=u1\\n' >${host.spool}/requests/.v; mv ${host.spool}/requests/.v ${host.spool}/requests/v1.request`;
  host.fake(
    'docker',
    `echo "$*" >>${host.dir}/calls
case "$*" in
  *' up '*) grep KINKEEPER_IMAGE ${env} >>${host.dir}/started; if [ -e ${state}/update-trial ]; then ${works ? verdict : `echo spoilt >${state}/control.db`}; fi ;;
  *' ps '*) printf '${running}' ;;
esac`,
  );
}

const lines = (name: string) => readFileSync(join(host.dir, name), 'utf8').trimEnd().split('\n');

test('an image that works stays, by the digest of the signed list', async () => {
  fakeDocker(true);
  expect(await host.ask('u1', 'apply-release\nversion=0.2.0\n')).toEqual(['ok', 'from=0.1.0', 'to=0.2.0']);
  expect(readFileSync(env, 'utf8')).toBe(`TZ=Europe/Berlin\nKINKEEPER_IMAGE=${NEW}\nKINKEEPER_VERSION=0.2.0\n`);
  expect(lines('calls')[0]).toBe(`pull -q ${NEW}`);
  expect(lines('started')[0]).toBe(`KINKEEPER_IMAGE=${NEW}`);
  // Nothing is built, and a homeserver or database that is ill is not waited for.
  for (const call of lines('calls').filter((one) => one.includes(' up ')))
    expect(call).toMatch(/ up -d --no-build --no-deps bot ops$/);
  expect(existsSync(join(state, 'update-trial'))).toBe(false);
});

test('one that does not is taken back, with the data', async () => {
  fakeDocker(false);
  expect(await host.ask('u1', 'apply-release\nversion=0.2.0\n')).toEqual([
    'failed',
    'reason=no-confirmation',
    'from=0.1.0',
    'to=0.2.0',
  ]);
  expect(readFileSync(env, 'utf8')).toBe(`TZ=Europe/Berlin\nKINKEEPER_IMAGE=${OLD}\nKINKEEPER_VERSION=0.1.0\n`);
  expect(readFileSync(join(state, 'control.db'), 'utf8')).toBe('as before');
  expect(lines('started')).toEqual([`KINKEEPER_IMAGE=${NEW}`, `KINKEEPER_IMAGE=${OLD}`]);
});

test('before the first update the image is one that was built here: back to that, by no name', async () => {
  fakeDocker(false);
  writeFileSync(env, 'TZ=Europe/Berlin\nKINKEEPER_VERSION=0.1.0\n', { mode: 0o640 });
  expect(await host.ask('u1', 'apply-release\nversion=0.2.0\n')).toMatchObject({ 0: 'failed' });
  expect(readFileSync(env, 'utf8')).toBe('TZ=Europe/Berlin\nKINKEEPER_VERSION=0.1.0\n');
});

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root can give .env to another account.');
test.runIf(isRoot)('.env stays whose it is, and is read by whom it was', async () => {
  chownSync(env, 0, 12345);
  fakeDocker(true);
  await host.ask('u1', 'apply-release\nversion=0.2.0\n');
  const { uid, gid, mode } = statSync(env);
  expect([uid, gid, (mode & 0o777).toString(8)]).toEqual([0, 12345, '640']);
});

test('an image of which one service is gone does not count', async () => {
  fakeDocker(false, 'bot\\n');
  // Long enough that it is missed before it is late.
  host.configure({ ...settings, gate_seconds: '30' });
  expect((await host.ask('u1', 'apply-release\nversion=0.2.0\n'))?.[1]).toBe('reason=service-died');
  expect(readFileSync(env, 'utf8')).toContain(OLD);
});

test('an image that the list names by no digest may be another one tomorrow: nothing is begun', async () => {
  fakeDocker(true);
  await publisher.publish('0.3.0', join(host.dir, 'tree'), 'registry.test/kinkeeper:0.3.0');
  cpSync(publisher.feed, join(host.spool, 'incoming'), { recursive: true });
  expect(await host.ask('u1', 'apply-release\nversion=0.3.0\n')).toEqual(['failed', 'reason=no-image']);
  expect(existsSync(join(host.dir, 'calls'))).toBe(false);
});

test('settings of Compose that others than root can change are not run', async () => {
  mkdirSync(join(host.dir, 'open'), { mode: 0o777 });
  chmodSync(join(host.dir, 'open'), 0o777);
  cpSync(env, join(host.dir, 'open', '.env'));
  host.configure({ ...settings, compose_env: join(host.dir, 'open', '.env') });
  fakeDocker(true);
  expect(await host.ask('u1', 'apply-release\nversion=0.2.0\n')).toEqual(['failed', 'reason=folder-not-roots']);
  expect(existsSync(join(host.dir, 'calls'))).toBe(false);
});

test('an image that cannot be had: nothing is begun', async () => {
  host.fake('docker', `echo "$*" >>${host.dir}/calls; exit 1`);
  expect(await host.ask('u1', 'apply-release\nversion=0.2.0\n')).toEqual(['failed', 'reason=no-image']);
  expect(lines('calls')).toEqual([`pull -q ${NEW}`]);
  expect(readFileSync(env, 'utf8')).toContain(OLD);
});

test.each([
  ['a file that it includes', 'include:\n  - path: [one.yml, more/two.yml]\n'],
  ['one of a list', '"include":\n- one.yml\n- more/two.yml # that one\n'],
  ['one of a list of paths', 'include:\n  - path:\n      - "one.yml"\n      - \'more/two.yml\'\n'],
  ['one that an included one includes', 'include: [deeper.yml]\n'],
  ['one that is named by a variable', 'include: ["$WHERE/two.yml"]\n'],
  ['one from elsewhere', 'include:\n  - https://example.org/two.yml\n'],
])('what others than root can change is not run: %s', async (_, include) => {
  const more = join(host.dir, 'more');
  mkdirSync(more);
  writeFileSync(join(host.dir, 'compose.yml'), `name: kinkeeper\n${include}services: {}\n`);
  writeFileSync(join(host.dir, 'deeper.yml'), 'include: [more/two.yml]\n');
  writeFileSync(join(more, 'two.yml'), 'services: {}\n');
  chmodSync(more, 0o777);
  fakeDocker(true);
  expect(await host.ask('u1', 'apply-release\nversion=0.2.0\n')).toEqual(['failed', 'reason=folder-not-roots']);
  expect(existsSync(join(host.dir, 'calls'))).toBe(false);
});

test.each([
  'docker-compose.yml',
  'docker-compose.podman.yml',
  'docker-compose.podman-rootless.yml',
])('%s with all that it includes is run where only root can change it', async (name) => {
  for (const file of [name, 'docker-compose.yml', 'config/deploy/podman.yml', 'config/deploy/podman-rootless.yml'])
    cpSync(new URL(`../../../${file}`, import.meta.url), join(host.dir, file));
  cpSync(new URL(`../../../${name}`, import.meta.url), join(host.dir, 'compose.yml'));
  fakeDocker(true);
  expect(await host.ask('u1', 'apply-release\nversion=0.2.0\n')).toMatchObject({ 0: 'ok' });
});

test.each([
  ['bot', 'bot'],
  ['ops', 'ops'],
  ['homeserver', 'synapse'],
])('%s is restarted as the service that docker-compose.yml has for it', async (name, service) => {
  fakeDocker(true);
  expect(await host.ask('r1', `restart-service\nname=${name}\n`)).toEqual(['ok', `name=${name}`]);
  expect(lines('calls').at(-1)).toBe(`compose -f ${host.dir}/compose.yml --env-file ${env} restart ${service}`);
  const { services } = parse(readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8'));
  expect(Object.keys(services)).toContain(service);
});
