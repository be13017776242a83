import { chownSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IntruderHost } from './intruder-host.ts';
import { HELPER } from './test-host.ts';

// Whoever broke into ops or bot has their account, and with it the state folder and the requests. By the real helper they gain no more.

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root can run something as another account.');

describe.runIf(isRoot)('somebody with the account of ops and bot', () => {
  let stage: IntruderHost;
  beforeEach(() => {
    stage = new IntruderHost();
  });
  afterEach(() => stage.remove());

  test('does not get a file of root by a link in the place of the mark', async () => {
    const passwd = join(stage.host.dir, 'passwd');
    writeFileSync(passwd, 'root:x:0:0', { mode: 0o644 });
    await stage.intrude(`ln -s ${passwd} $state/.update-trial.new`);
    expect((await stage.ask('a1', 'apply-release\nversion=0.2.0\n'))?.slice(0, 2)).toEqual([
      'failed',
      'reason=no-confirmation',
    ]);
    expect([statSync(passwd).uid, readFileSync(passwd, 'utf8')]).toEqual([0, 'root:x:0:0']);
    expect((await stage.intrude(`echo evil >>${passwd}`)).exitCode).not.toBe(0);
  });

  test('gets nothing written into a folder of root by a link in the place of the state folder', async () => {
    const scheduled = join(stage.host.dir, 'cron.d');
    mkdirSync(scheduled, { mode: 0o755 });
    stage.configure({ retry_seconds: '0.2' });
    await stage.leave('a1', 'apply-release\nversion=0.2.0\n');
    const serving = stage.host.run('serve');
    await expect.poll(() => stage.host.acts()).toMatch(/0\.2\.0: trial/);
    await stage.intrude(`mv lib/state lib/old; ln -s ${scheduled} lib/state
      for name in state.return state.return.part; do mv lib/$name lib/own.$name; mkdir lib/$name; echo root >lib/$name/evil; done`);
    await expect.poll(() => stage.host.acts()).toMatch(/the old data cannot be put back: the way back waits|returned/);
    expect([statSync(scheduled).uid, readdirSync(scheduled)]).toEqual([0, []]);
    await stage.intrude(
      'rm lib/state; mv lib/old lib/state; echo spoilt >lib/state/keys.json; mkdir -m 0 lib/state/locked',
    );
    await serving;
    expect(stage.host.answer('a1')?.slice(0, 2)).toEqual(['failed', 'reason=no-confirmation']);
    expect(readdirSync(stage.state)).toEqual(['keys.json']);
    expect(readFileSync(join(stage.state, 'keys.json'), 'utf8')).toBe('as before');
    expect(statSync(join(stage.state, 'keys.json')).mode & 0o777).toBe(0o600);
    expect((await stage.intrude('echo x >>$state/keys.json')).exitCode).toBe(0);
  });

  test.each([
    ['the releases', 'releases_dir', 'releases'],
    ['the publisher’s key', 'keyring', 'trusted.gpg'],
  ])('who owns a folder above %s is not trusted with what root runs', async (_name, key, leaf) => {
    const folder = join(stage.host.dir, 'theirs');
    mkdirSync(join(folder, leaf), { recursive: true });
    chownSync(folder, 12345, 12345);
    stage.configure({ [key]: join(folder, leaf) });
    expect(await stage.ask('a1', 'apply-release\nversion=0.2.0\n')).toEqual(['failed', 'reason=folder-not-roots']);
    expect(stage.host.acts()).toMatch(/theirs\/[a-z.]+, or a folder above it, can be changed by others than root/);
  });

  test.each<[string, string, (theirs: string) => void]>([
    [
      'the link lies where they can put another one',
      'theirs/link',
      (theirs) => symlinkSync('../releases', join(theirs, 'link')),
    ],
    [
      'it leads to where they can',
      'link',
      (theirs) => {
        mkdirSync(join(theirs, 'releases'));
        symlinkSync('theirs/releases', join(theirs, '../link'));
      },
    ],
  ])('nor is what root runs believed to lie behind a link: %s', async (_name, place, lay) => {
    const folder = join(stage.host.dir, 'theirs');
    mkdirSync(folder);
    lay(folder);
    chownSync(folder, 12345, 12345);
    stage.configure({ releases_dir: join(stage.host.dir, place) });
    expect(await stage.ask('a1', 'apply-release\nversion=0.2.0\n')).toEqual(['failed', 'reason=folder-not-roots']);
  });

  test('has what the helper does for it done with no right beyond the account’s own', async () => {
    stage.host.fake(
      'du',
      `grep -E '^(Uid|Gid|Groups|NoNewPrivs):' /proc/self/status >${stage.state}/seen; exec /usr/bin/du "$@"`,
    );
    await stage.leave('a1', 'apply-release\nversion=0.2.0\n');
    await execa('setpriv', ['--groups', '0,4', '--', '/bin/sh', HELPER, stage.host.conf, 'serve'], {
      env: {},
      extendEnv: false,
    });
    expect(readFileSync(join(stage.state, 'seen'), 'utf8').replace(/[\t ]+/g, ' ')).toBe(
      'Uid: 12345 12345 12345 12345\nGid: 12345 12345 12345 12345\nGroups: \nNoNewPrivs: 1\n',
    );
  });

  test('reads what is said to ops, and changes none of it', async () => {
    const { host } = stage;
    host.fake('ss', 'echo LISTEN');
    // What is said on the way is taken away with the last word.
    host.fake('rm', `case "$*" in *.progress*) ;; *) exec /bin/rm "$@" ;; esac`);
    for (const [id, content] of [
      ['a1', 'facts\n'],
      ['a2', 'evidence\n'],
      ['a3', 'apply-release\nversion=0.2.0\n'],
    ] as const)
      await stage.ask(id, content);
    const told = [
      'answers/a1.answer',
      'facts.json',
      'evidence/a2/sockets.txt',
      'evidence/a2/SHA256SUMS',
      'answers/a3.progress',
    ];
    for (const name of told) {
      const file = join(host.spool, name);
      expect([name, (await stage.intrude(`cat ${file}`)).exitCode]).toEqual([name, 0]);
      expect([name, (await stage.intrude(`echo x >>${file} || mv ${file} ${file}.x`)).exitCode]).not.toEqual([name, 0]);
    }
    expect((await stage.intrude(`ls ${host.spool}/taken`)).exitCode).not.toBe(0);
  });

  test.each(['var', 'spool'])('nor with the helper’s own folder (%s)', async (key) => {
    const folder = join(stage.host.dir, 'theirs');
    mkdirSync(join(folder, key), { recursive: true });
    chownSync(folder, 12345, 12345);
    stage.configure({ [key]: join(folder, key) });
    const { exitCode, stderr } = await stage.host.run('serve');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/every folder above it, must belong to root/)]);
  });

  test('nor with its settings', async () => {
    const folder = join(stage.host.dir, 'theirs');
    mkdirSync(folder);
    chownSync(folder, 12345, 12345);
    cpSync(stage.host.conf, join(folder, 'helper.conf'));
    const { exitCode, stderr } = await execa('/bin/sh', [HELPER, join(folder, 'helper.conf'), 'serve'], {
      reject: false,
    });
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/below a folder that others than root can change/)]);
  });

  test('does not hold up a lockdown by a folder that never gets empty', async () => {
    stage.host.fake('nft', 'cat >/dev/null');
    await stage.intrude('mkdir $requests/a1.request');
    const over = new AbortController();
    const filling = `chdir "$requests/a1.request" or exit; open(my $f, ">", "f$$." . $n++ % 50) while 1`.replace(
      '$requests',
      '$ENV{requests}',
    );
    const busy = Array.from({ length: 3 }, () => stage.intrude(`exec perl -e '${filling}'`, over.signal));
    await expect.poll(() => readdirSync(join(stage.host.spool, 'requests', 'a1.request')).length).toBeGreaterThan(50);
    expect(await stage.ask('z9', 'close-outside\n')).toEqual(['ok', 'closed=yes']);
    expect(stage.host.answer('a1')).toEqual(['refused', 'reason=no-file']);
    over.abort();
    await Promise.all(busy);
    await stage.host.run('serve');
    expect(readdirSync(join(stage.host.spool, 'taken'))).toEqual([]);
  });

  test.each([
    ['a pipe that never ends', 'mkfifo'],
    ['a link to a file of root', `ln -s ${'$secret'}`],
  ])(
    '%s in the place of a fetched archive is not waited for, nor read',
    async (_name, put) => {
      await stage.layRelease();
      const { dir, spool } = stage.host;
      writeFileSync(join(dir, 'secret'), 'of root alone', { mode: 0o600 });
      const archive = join(spool, 'incoming', 'kinkeeper-0.2.0.tar.gz');
      // Put there after the helper looked at what lies there, right before it reads; waits are short here.
      stage.host.fake(
        'timeout',
        `PATH=/usr/bin:/bin; case "$*" in *${archive}*) rm -f ${archive}; secret=${dir}/secret; ${put} ${archive} ;; esac
      shift 4; exec timeout --foreground -k 1 1 "$@"`,
      );
      expect(await stage.ask('a1', 'apply-release\nversion=0.2.0\n')).toEqual(['failed', 'reason=no-archive']);
      expect(stage.host.acts()).not.toMatch(/stopping/);
    },
    30_000,
  );

  test('changes nothing of an archive once its check sum was found right', async () => {
    await stage.layRelease();
    const { dir } = stage.host;
    mkdirSync(join(dir, 'theirs'));
    chownSync(join(dir, 'theirs'), 12345, 12345);
    // What runs as the account is the account's: this one keeps what it may write to, and writes there when all was checked.
    stage.host.fake(
      'head',
      `PATH=/usr/bin:/bin; cd ${dir}/theirs
      case "$(id -u) $*" in 12345*.tar.gz)
        (trap '' PIPE; until [ -e ${dir}/checked ]; do sleep 0.05; done; echo evil >&3; echo >attacked) 3>&1 >/dev/null 2>&1 & ;;
      esac
      exec head "$@"`,
    );
    stage.host.fake(
      'sha256sum',
      `PATH=/usr/bin:/bin; sha256sum "$@"; >${dir}/checked; until [ -e ${dir}/theirs/attacked ]; do sleep 0.05; done`,
    );
    expect((await stage.ask('a1', 'apply-release\nversion=0.2.0\n'))?.slice(0, 2)).toEqual([
      'failed',
      'reason=no-confirmation',
    ]);
  });

  test('does not hold up the helper by what it keeps open', async () => {
    stage.host.fake('timeout', 'shift 4; exec /usr/bin/timeout --foreground -k 1 1 "$@"');
    stage.host.fake('du', `sleep 600 & echo $! >${stage.state}/kept; exec /usr/bin/du "$@"`);
    expect(await stage.ask('a1', 'apply-release\nversion=0.2.0\n')).toEqual(['failed', 'reason=state-unreadable']);
    await stage.intrude('kill $(cat $state/kept)');
  });

  test('does not keep a version on trial by files that are no requests', async () => {
    await stage.leave('a1', 'apply-release\nversion=0.2.0\n');
    const serving = stage.host.run('serve');
    await expect.poll(() => stage.host.acts()).toMatch(/0\.2\.0: trial/);
    await stage.intrude(`perl -e 'chdir $ENV{requests}; for (1 .. 3000) { open(my $f, ">", "x$_") }'`);
    await expect.poll(() => stage.host.answer('a1')).toContain('reason=no-confirmation');
    expect(readdirSync(join(stage.host.spool, 'requests')).length).toBeGreaterThan(0);
    await stage.intrude('cd $requests && rm -f x*');
    await serving;
  });

  test('does not keep a version on trial by asking without end', async () => {
    await stage.leave('a1', 'apply-release\nversion=0.2.0\n');
    const serving = stage.host.run('serve');
    await expect.poll(() => stage.host.acts()).toMatch(/0\.2\.0: trial/);
    const over = new AbortController();
    const asking = `chdir $ENV{requests}; while (1) { next if (() = glob "*.request") > 40;
      open(my $f, ">", ".f"); print $f "facts\n"; close $f; rename ".f", "f" . $n++ . ".request" }`;
    const flood = stage.intrude(`exec perl -e '${asking}'`, over.signal);
    await expect.poll(() => stage.host.answer('a1')).toContain('reason=no-confirmation');
    expect(stage.host.answer('f0')).toEqual(['failed', 'reason=update-under-way']);
    over.abort();
    await Promise.all([flood, serving]);
  });
});
