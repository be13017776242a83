import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, describe, expect, test } from 'vitest';
import { holdLock } from '../../../core/sqlite/process-lock.ts';
import { type Behaviour, ReleaseHost } from './release-host.ts';
import { HELPER } from './test-host.ts';

// The real script switches releases of stand-in services; `npm run prove:update` does the same with real ones, and kills it.

let stage: ReleaseHost;
afterEach(() => stage.remove());

function expectTidy(): void {
  expect(existsSync(join(stage.state, 'update-trial'))).toBe(false);
  expect(existsSync(join(stage.host.var, 'state-before.tar'))).toBe(false);
  expect(existsSync(join(stage.host.var, 'update.journal'))).toBe(false);
}

test('a version that works and says so counts; its data stay', async () => {
  stage = new ReleaseHost('good');
  expect(await stage.host.ask('u1', 'apply-release\nversion=0.2.0\n')).toEqual(['ok', 'from=0.1.0', 'to=0.2.0']);
  expect([stage.current, ...stage.running]).toEqual(['0.2.0', '0.2.0', '0.2.0']);
  expect(existsSync(join(stage.state, 'migrated'))).toBe(true);
  expectTidy();
});

test('the bot is stopped before ops, which has a last word to write', async () => {
  stage = new ReleaseHost('good');
  const { host } = stage;
  host.fake('systemctl', `echo "$*" >>${host.dir}/calls; exec ${host.real('systemctl')} "$@"`);
  await host.ask('u1', 'apply-release\nversion=0.2.0\n');
  const stopped = readFileSync(join(host.dir, 'calls'), 'utf8').match(/^stop .*$/gm);
  expect(stopped).toEqual(['stop kinkeeper-bot.service', 'stop kinkeeper-ops.service']);
});

describe('folders of releases after an update', () => {
  const lay = (...names: string[]) => {
    for (const name of names) {
      mkdirSync(join(stage.releases, name), { recursive: true });
      writeFileSync(join(stage.releases, name, 'file'), name);
    }
  };
  const there = () => readdirSync(stage.releases).sort();

  test('the running one and the one before it stay, older ones go; nothing else is touched', async () => {
    stage = new ReleaseHost('good');
    lay('0.0.8', '0.0.9-rc1', '0.0.10', '0.3.0', 'my-notes');
    const outside = join(stage.host.dir, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'file'), 'mine');
    symlinkSync(outside, join(stage.releases, '0.0.7'));
    symlinkSync(outside, join(stage.releases, '0.0.8', 'link'));
    expect(await stage.host.ask('u1', 'apply-release\nversion=0.2.0\n')).toContain('ok');
    expect(there()).toEqual(['0.0.7', '0.1.0', '0.2.0', '0.3.0', 'current', 'my-notes']);
    expect(readdirSync(outside)).toEqual(['file']);
    expect(stage.host.acts()).toMatch(/release 0\.0\.10 removed/);
  });

  test('one that a link names stays', async () => {
    stage = new ReleaseHost('good');
    lay('0.0.8', '0.0.9');
    symlinkSync('0.0.8', join(stage.releases, 'previous'));
    await stage.host.ask('u1', 'apply-release\nversion=0.2.0\n');
    expect(there()).toEqual(['0.0.8', '0.1.0', '0.2.0', 'current', 'previous']);
  });

  test('all stay when the new version is not confirmed', async () => {
    stage = new ReleaseHost('dead');
    lay('0.0.8', '0.0.9');
    await stage.host.ask('u1', 'apply-release\nversion=0.2.0\n');
    expect(there()).toEqual(['0.0.8', '0.0.9', '0.1.0', '0.2.0', 'current']);
  });
});

describe('a version that does not work is taken back, with the data of before', () => {
  test.each<[Behaviour, string]>([
    ['spoils', 'gate-failed'],
    ['silent', 'no-confirmation'],
    ['dead', 'services-do-not-start'],
    ['dies', 'service-died'],
  ])('%s', async (behaviour, reason) => {
    stage = new ReleaseHost(behaviour);
    const before = stage.fingerprint();
    expect(await stage.host.ask('u1', 'apply-release\nversion=0.2.0\n')).toEqual([
      'failed',
      `reason=${reason}`,
      'from=0.1.0',
      'to=0.2.0',
    ]);
    expect([stage.current, ...stage.running]).toEqual(['0.1.0', '0.1.0', '0.1.0']);
    expect(stage.fingerprint()).toBe(before);
    expect(stage.served.every((line) => line.startsWith('0.1.0 '))).toBe(true);
    expectTidy();
  });
});

describe('what is not begun at all', () => {
  test.each<[string, string, string[]]>([
    ['the version that runs', '0.1.0', ['refused', 'reason=not-newer', 'from=0.1.0']],
    ['an older one', '0.0.9', ['refused', 'reason=not-newer', 'from=0.1.0']],
    ['what came before the version that runs', '0.1.0-rc1', ['refused', 'reason=not-newer', 'from=0.1.0']],
    ['one that is not there, and nobody signed', '0.3.0', ['failed', 'reason=not-signed']],
  ])('%s', async (_name, version, said) => {
    stage = new ReleaseHost('good');
    expect(await stage.host.ask('u1', `apply-release\nversion=${version}\n`)).toEqual(said);
    expect([stage.current, ...stage.running]).toEqual(['0.1.0', '0.1.0', '0.1.0']);
    expect(stage.served).toEqual([]);
  });

  test('a version that needs more room than there is', async () => {
    stage = new ReleaseHost('good');
    stage.host.fake('df', 'echo Avail; echo 10');
    expect(await stage.host.ask('u1', 'apply-release\nversion=0.2.0\n')).toEqual(['failed', 'reason=disk-full']);
    expect(stage.served).toEqual([]);
  });
});

test('a way back that fails at first is tried until it works, and answers meanwhile', async () => {
  stage = new ReleaseHost('spoils');
  const { host } = stage;
  stage.configure({ retry_seconds: '0.2' });
  const full = join(host.dir, 'full');
  writeFileSync(full, '');
  host.fake('tar', `[ "$1" != -x ] || [ ! -e ${full} ] || exit 1; exec /bin/tar "$@"`);
  host.fake('nft', 'cat >/dev/null');
  const before = stage.fingerprint();
  host.leave('u1', 'apply-release\nversion=0.2.0\n');
  const serving = host.run('serve');
  await expect.poll(() => host.acts(), { timeout: 20_000 }).toMatch(/cannot be put back: the way back waits/);
  // Nothing serves from a half of it, and it is too late for a confirmation.
  expect(readdirSync(stage.state)).toEqual(['update-trial']);
  host.leave('x0', 'confirm-release\nupdate=u1\n');
  host.leave('x1', 'close-outside\n');
  await expect.poll(() => host.answer('x1'), { timeout: 20_000 }).toEqual(['ok', 'closed=yes']);
  expect(host.answer('x0')).toEqual(['failed', 'reason=update-under-way']);
  rmSync(full);
  await serving;
  expect(host.answer('u1')?.slice(0, 2)).toEqual(['failed', 'reason=gate-failed']);
  expect([stage.current, ...stage.running]).toEqual(['0.1.0', '0.1.0', '0.1.0']);
  expect(stage.fingerprint()).toBe(before);
  expectTidy();
});

test.each<[Behaviour, string]>([
  ['good', 'ok'],
  ['silent', 'failed'],
])('the mark of a trial goes, though not at once: else nothing would ever serve again (%s)', async (behaviour, outcome) => {
  stage = new ReleaseHost(behaviour);
  stage.configure({ retry_seconds: '0.2' });
  const once = join(stage.host.dir, 'failed-once');
  stage.host.fake(
    'timeout',
    `case "$*" in *'rm -rf update-trial'*) [ -e ${once} ] || { : >${once}; exit 1; } ;; esac; exec /usr/bin/timeout "$@"`,
  );
  expect((await stage.host.ask('u1', 'apply-release\nversion=0.2.0\n'))?.[0]).toBe(outcome);
  expect(existsSync(once)).toBe(true);
  expectTidy();
});

test('half of a copy is taken away before anything else is written: it may have filled the disk', async () => {
  stage = new ReleaseHost('good');
  const { dir, var: own } = stage.host;
  stage.host.fake('tar', 'echo half; exit 1');
  stage.host.fake(
    'sync',
    `case $1 in */update.new) ! /bin/grep -q step=returning "$1" || /bin/ls ${own} >${dir}/seen ;; esac; exec /bin/sync "$@"`,
  );
  expect(await stage.host.ask('u1', 'apply-release\nversion=0.2.0\n')).toContain('reason=no-copy');
  const seen = readFileSync(join(dir, 'seen'), 'utf8');
  expect([seen.includes('update.new'), seen.includes('state-before')]).toEqual([true, false]);
  expectTidy();
});

test('while a version is on trial nothing but a lockdown is heeded, and only its own confirmation counts', async () => {
  stage = new ReleaseHost('silent');
  stage.configure({ gate_seconds: '6' });
  stage.host.fake('nft', 'cat >/dev/null');
  stage.host.leave('u1', 'apply-release\nversion=0.2.0\n');
  const serving = stage.host.run('serve');
  const mark = join(stage.state, 'update-trial');
  await expect.poll(() => existsSync(mark)).toBe(true);
  stage.host.leave('x1', 'restart-service\nname=bot\n');
  stage.host.leave('x2', 'confirm-release\nupdate=other\n');
  stage.host.leave('x3', 'close-outside\n');
  await expect.poll(() => stage.host.answer('x3')).toEqual(['ok', 'closed=yes']);
  // An id counts once, as at any other time.
  stage.host.leave('x3', 'open-outside\n');
  await serving;
  expect(stage.host.answer('x3')).toEqual(['ok', 'closed=yes']);
  expect(stage.host.answer('x1')).toEqual(['failed', 'reason=update-under-way']);
  expect(stage.host.answer('x2')).toEqual(['failed', 'reason=update-under-way']);
  expect(stage.host.answer('u1')?.[1]).toBe('reason=no-confirmation');
});

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root can make a folder read-only for root.');
test.runIf(isRoot).each(['state', 'releases'])(
  'a folder that the helper cannot write to shows before anything is stopped (%s)',
  async (name) => {
    stage = new ReleaseHost('good');
    const { host } = stage;
    host.leave('u1', 'apply-release\nversion=0.2.0\n');
    const folder = join(host.dir, name);
    const readOnly = `mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder} && exec sh ${HELPER} ${host.conf} serve`;
    await execa('unshare', ['-m', '--propagation', 'private', 'sh', '-c', readOnly]);
    expect(host.answer('u1')).toEqual(['failed', 'reason=read-only']);
    expect(stage.running).toEqual(['0.1.0', '0.1.0']);
    expect(stage.served).toEqual([]);
  },
);

test('without a journal nothing is stopped: nobody would know the way back', async () => {
  stage = new ReleaseHost('good');
  stage.host.fake('sync', 'case "$1" in */update.new) exit 1 ;; esac; exec /bin/sync "$@"');
  stage.host.leave('u1', 'apply-release\nversion=0.2.0\n');
  const { exitCode, stderr } = await stage.host.run('serve');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('the journal cannot be written')]);
  expect([stage.current, ...stage.running]).toEqual(['0.1.0', '0.1.0', '0.1.0']);
  expect(stage.served).toEqual([]);
});

describe('a helper that is killed', () => {
  /** Kills it once, at a call of a program with such words, when the journal stands at a step. */
  async function killAtStep(step: string, program: string, words: string): Promise<void> {
    const { host } = stage;
    const real = `/usr/bin/${program}`;
    host.fake(
      program,
      `case "$*" in *'${words}'*) /bin/grep -q step=${step} ${host.var}/update.journal 2>/dev/null &&
        [ ! -e ${host.dir}/killed ] && { : >${host.dir}/killed; kill -KILL 0; } ;; esac; exec ${real} "$@"`,
    );
    host.leave('u1', 'apply-release\nversion=0.2.0\n');
    expect(await host.runToKill('serve')).toBe('SIGKILL');
    expect(host.answer('u1')).toBeUndefined();
  }

  test('once a version is confirmed: it counts, with its data', async () => {
    stage = new ReleaseHost('good');
    await killAtStep('confirmed', 'timeout', 'rm -rf update-trial');
    await stage.host.run('resume');
    expect(stage.host.answer('u1')).toEqual(['ok', 'from=0.1.0', 'to=0.2.0']);
    expect([stage.current, ...stage.running]).toEqual(['0.2.0', '0.2.0', '0.2.0']);
    expect(existsSync(join(stage.state, 'migrated'))).toBe(true);
    expectTidy();
  });

  test('once the data are as before: what was said since then stays', async () => {
    stage = new ReleaseHost('spoils');
    await killAtStep('returned', 'rm', 'state-before');
    await stage.bootServices();
    expect(stage.running).toEqual(['0.1.0', '0.1.0']);
    writeFileSync(join(stage.state, 'since'), 'new words');
    await stage.host.run('resume');
    expect(stage.host.answer('u1')?.slice(0, 2)).toEqual(['failed', 'reason=gate-failed']);
    expect(readFileSync(join(stage.state, 'since'), 'utf8')).toBe('new words');
    expectTidy();
  });
});

test('while somebody works on the data at a shell nothing is copied or switched', async () => {
  stage = new ReleaseHost('good');
  const before = stage.fingerprint();
  const lock = holdLock(join(stage.state, 'backup.lock'));
  expect((await stage.host.ask('u1', 'apply-release\nversion=0.2.0\n'))?.slice(0, 2)).toEqual([
    'failed',
    'reason=state-in-use',
  ]);
  lock[Symbol.dispose]();
  rmSync(join(stage.state, 'backup.lock'));
  expect([stage.current, ...stage.running]).toEqual(['0.1.0', '0.1.0', '0.1.0']);
  expect(stage.fingerprint()).toBe(before);
  expectTidy();
  expect(await stage.host.ask('u2', 'apply-release\nversion=0.2.0\n')).toEqual(['ok', 'from=0.1.0', 'to=0.2.0']);
});

test('what would begin at a shell while the data are copied finds the mark, which is in no copy', async () => {
  stage = new ReleaseHost('spoils');
  const seen = join(stage.host.dir, 'seen');
  stage.host.fake('tar', `[ "$1" != -c ] || cat ${stage.state}/update-trial >${seen}; exec /bin/tar "$@"`);
  const before = stage.fingerprint();
  expect((await stage.host.ask('u1', 'apply-release\nversion=0.2.0\n'))?.[1]).toBe('reason=gate-failed');
  expect(readFileSync(seen, 'utf8')).toBe('update=u1\nfrom=0.1.0\nto=0.2.0\n');
  expect(stage.fingerprint()).toBe(before);
  expectTidy();
});

test('a version whose bot is gone does not count, though its ops says that it works', async () => {
  stage = new ReleaseHost('silent');
  // Long enough that it is asked before it is missed.
  stage.configure({ gate_seconds: '20', poll_seconds: '1' });
  stage.host.leave('u1', 'apply-release\nversion=0.2.0\n');
  const serving = stage.host.run('serve');
  await expect.poll(() => stage.running).toEqual(['0.2.0', '0.2.0']);
  rmSync(join(stage.host.dir, 'runs-bot'));
  stage.host.leave('x1', 'confirm-release\nupdate=u1\n');
  await serving;
  expect(stage.host.answer('x1')).toEqual(['failed', 'reason=service-died']);
  expect(stage.host.answer('u1')?.slice(0, 2)).toEqual(['failed', 'reason=service-died']);
  expect([stage.current, ...stage.running]).toEqual(['0.1.0', '0.1.0', '0.1.0']);
});
