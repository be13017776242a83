import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PATIENCE_MS } from '../../patience.ts';
import { HELPER, TestHost } from './test-host.ts';

const isRoot = process.getuid?.() === 0;

// The real script of the host helper, with a spool of its own. Who can write to the spool may be anybody who broke into ops.

let host: TestHost;
beforeEach(() => {
  host = TestHost.make();
  host.fake(
    'apt-get',
    'echo "Inst libc6 [1] (2 Debian-Security:12/stable-security [amd64])"; echo "Inst vim [1] (2 Debian:12 [amd64])"',
  );
});
afterEach(() => host.remove());

const PROOF = 'broken-in';

test('a request is answered, its act is noted, and nothing of it stays', async () => {
  expect(await host.ask('a1', 'check-updates\n')).toEqual(['ok', 'security=1', 'all=2', 'reboot=null']);
  expect(host.acts()).toMatch(/a1 check-updates: ok security=1/);
  expect(readdirSync(join(host.spool, 'requests'))).toEqual([]);
  expect(readdirSync(join(host.spool, 'taken'))).toEqual([]);
  // Nobody but root sees what is being read.
  expect(statSync(join(host.spool, 'taken')).mode & 0o777).toBe(0o700);
});

test('the journal of the system is told of each act, too', async () => {
  host.fake('logger', `echo "$*" >>${host.dir}/told`);
  await host.ask('a1', 'check-updates\n');
  expect(readFileSync(join(host.dir, 'told'), 'utf8')).toMatch(
    /^-t kinkeeper-host -- a1 check-updates: ok security=1/m,
  );
});

test('several requests are all answered by one run, also ones that came meanwhile', async () => {
  host.fake(
    'apt-get',
    `[ -e ${host.dir}/once ] || { : >${host.dir}/once; printf 'facts\n' >${host.spool}/requests/late.request; }`,
  );
  for (const id of ['b1', 'b2']) host.leave(id, 'check-updates\n');
  await host.run('serve');
  expect([host.answer('b1')?.[0], host.answer('b2')?.[0], host.answer('late')?.[0]]).toEqual(['ok', 'ok', 'ok']);
});

test('a second run waits for the first, and answers then', async () => {
  mkdirSync(host.var, { recursive: true });
  const held = execa('flock', [join(host.var, 'lock'), '-c', 'echo held; read -r over']);
  await new Promise((resolve) => held.stdout.once('data', resolve));
  host.fake('flock', `: >${host.dir}/waits; exec /usr/bin/flock "$@"`);
  const waiting = host.ask('b3', 'check-updates\n');
  await vi.waitUntil(() => existsSync(join(host.dir, 'waits')) || host.answer('b3'), { timeout: PATIENCE_MS });
  expect(host.answer('b3')).toBeUndefined();
  held.stdin.end('over\n');
  await held;
  expect(await waiting).toContain('ok');
});

describe('a helper that is killed', () => {
  test('over a request: it is not done again, and who waits for it is told', async () => {
    host.place('systemctl', `echo "$*" >>${host.dir}/calls; kill -KILL 0`);
    host.leave('k1', 'restart-service\nname=bot\n');
    expect(await host.runToKill('serve')).toBe('SIGKILL');
    expect(host.answer('k1')).toBeUndefined();
    await host.run('serve');
    expect(host.answer('k1')).toEqual(['failed', 'reason=interrupted']);
    expect(readFileSync(join(host.dir, 'calls'), 'utf8')).toBe('--no-block restart kinkeeper-bot.service\n');
    expect(readdirSync(join(host.spool, 'taken'))).toEqual([]);
  });

  test('before it took what it had named: that is done by the next run', async () => {
    host.leave('k2', 'check-updates\n');
    host.fake(
      'mv',
      `case "$*" in *k2.request*) rm ${host.bin}/mv; ln -s /bin/mv ${host.bin}/mv; kill -KILL 0 ;; esac; exec /bin/mv "$@"`,
    );
    expect(await host.runToKill('serve')).toBe('SIGKILL');
    expect(readFileSync(join(host.spool, 'taken', 'id'), 'utf8')).toBe('k2\n');
    await host.run('serve');
    expect(host.answer('k2')?.[0]).toBe('ok');
  });

  test('behind its last word: that word stays', async () => {
    host.leave('k3', 'check-updates\n');
    host.fake(
      'rm',
      `case "$*" in *k3.progress*) /bin/rm ${host.bin}/rm; ln -s /bin/rm ${host.bin}/rm; kill -KILL 0 ;; esac; exec /bin/rm "$@"`,
    );
    expect(await host.runToKill('serve')).toBe('SIGKILL');
    const said = host.answer('k3');
    expect(said?.[0]).toBe('ok');
    await host.run('serve');
    expect(host.answer('k3')).toEqual(said);
    expect(readdirSync(join(host.spool, 'taken'))).toEqual([]);
  });
});

test('copied logs do not stay: three hours are enough to seal them', async () => {
  await host.run('serve');
  const long = Date.now() / 1000 - 3.1 * 3600;
  for (const [name, at] of [
    ['old', long],
    ['young', long + 3600],
  ] as const) {
    const folder = join(host.spool, 'evidence', name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'auth.log'), 'Accepted publickey for ada');
    utimesSync(folder, at, at);
  }
  await host.run('facts');
  expect(readdirSync(join(host.spool, 'evidence'))).toEqual(['young']);
});

describe('what is refused, with nothing done', () => {
  test.each<[string, string, string]>([
    ['an unknown verb', 'reboot\n', 'unknown-verb'],
    ['a verb with more behind it', 'facts; touch x\n', 'unknown-verb'],
    ['code in place of a verb', `$(touch ${PROOF})\n`, 'unknown-verb'],
    ['nothing', '', 'empty'],
    ['an unknown key', 'facts\nname=bot\n', 'unknown-key'],
    ['a key of the helper’s settings', 'check-updates\npath=/tmp\n', 'unknown-key'],
    ['a line that is no key=value', 'restart-service\nbot\n', 'unknown-key'],
    ['code in a value', `restart-service\nname=$(touch ${PROOF})\n`, 'bad-value'],
    ['backticks in a value', `restart-service\nname=\`touch ${PROOF}\`\n`, 'bad-value'],
    ['a value that begins like an option', 'restart-service\nname=-rf\n', 'bad-value'],
    ['a path in a value', 'apply-release\nversion=../../../etc\n', 'bad-value'],
    ['dots in place of a version', 'apply-release\nversion=1..\n', 'bad-value'],
    ['a service that is not on the list', 'restart-service\nname=sshd\n', 'bad-value'],
    ['a kind that is not on the list', 'apply-host-updates\nkind=none\n', 'bad-value'],
    ['an empty value', 'restart-service\nname=\n', 'bad-value'],
    ['a long value', `restart-service\nname=${'a'.repeat(65)}\n`, 'bad-value'],
    ['a huge file', `facts\n${'x'.repeat(100_000)}`, 'too-large'],
  ])('%s', async (_name, content, reason) => {
    expect(await host.ask('c1', content)).toEqual(['refused', `reason=${reason}`]);
    expect(existsSync(join(host.dir, PROOF)) || existsSync(PROOF)).toBe(false);
    expect(host.acts()).toMatch(new RegExp(`c1 .*refused reason=${reason}`));
    expect(host.acts()).not.toContain('touch');
  });

  test('links, folders, pipes and second names of a file', async () => {
    const requests = join(host.spool, 'requests');
    writeFileSync(join(host.dir, 'elsewhere'), 'facts\n');
    symlinkSync(join(host.dir, 'elsewhere'), join(requests, 'd1.request'));
    symlinkSync('/nowhere', join(requests, 'd2.request'));
    mkdirSync(join(requests, 'd3.request'));
    writeFileSync(join(requests, 'd3.request', 'inside'), 'x');
    await execa('mkfifo', [join(requests, 'd4.request')]);
    linkSync(join(host.dir, 'elsewhere'), join(requests, 'd5.request'));
    await host.run('serve');
    const reasons = ['d1', 'd2', 'd3', 'd4', 'd5'].map((id) => host.answer(id));
    expect(reasons).toEqual(['link', 'link', 'no-file', 'no-file', 'link'].map((why) => ['refused', `reason=${why}`]));
    expect(existsSync(join(host.dir, 'elsewhere'))).toBe(true);
    expect(readdirSync(requests)).toEqual([]);
  });

  test('old ones, and ones from the future', async () => {
    for (const [id, seconds] of [
      ['e1', -601],
      ['e2', 3600],
      ['e3', -300],
    ] as const) {
      const at = Date.now() / 1000 + seconds;
      utimesSync(host.leave(id, 'facts\n'), at, at);
    }
    await host.run('serve');
    expect(host.answer('e1')).toEqual(['refused', 'reason=too-old']);
    expect(host.answer('e2')).toEqual(['refused', 'reason=too-old']);
    expect(host.answer('e3')).toEqual(['ok']);
  });

  test('names that are no ids', async () => {
    const requests = join(host.spool, 'requests');
    for (const name of [
      'a b.request',
      '$(id).request',
      'a\nb.request',
      '-rf.request',
      'x.txt',
      `${'a'.repeat(65)}.request`,
    ])
      writeFileSync(join(requests, name), 'facts\n');
    await host.run('serve');
    expect(readdirSync(requests)).toEqual([]);
    expect(readdirSync(join(host.spool, 'answers'))).toEqual([]);
    expect(existsSync(join(host.spool, 'facts.json'))).toBe(false);
    expect(host.acts().match(/refused a file that is no request/g)?.length).toBe(6);
  });

  test('an id that was answered before: its answer stays as it is', async () => {
    await host.ask('f1', 'check-updates\n');
    const before = host.answer('f1');
    await host.ask('f1', 'facts\n');
    expect(host.answer('f1')).toEqual(before);
    expect(existsSync(join(host.spool, 'facts.json'))).toBe(false);
  });

  if (!isRoot) console.log('Left out: only root can give a request to another account.');
  test.runIf(isRoot)('a file of another account', async () => {
    chownSync(host.leave('g1', 'facts\n'), 12345, 12345);
    await host.run('serve');
    expect(host.answer('g1')).toEqual(['refused', 'reason=owner']);
  });
});

describe('the helper does nothing at all', () => {
  test.each<[string, (host: TestHost) => void, RegExp]>([
    ['in a spool that others can write to', ({ spool }) => chmodSync(spool, 0o777), /nobody else may write/],
    [
      'with requests that others can leave',
      ({ spool }) => chmodSync(join(spool, 'requests'), 0o777),
      /must belong to user/,
    ],
    [
      'with requests that a group can leave',
      ({ spool }) => chmodSync(join(spool, 'requests'), 0o770),
      /must belong to user/,
    ],
    ['with settings that others can write', ({ conf }) => chmodSync(conf, 0o666), /can be written by others/],
    ['with settings that a group can write', ({ conf }) => chmodSync(conf, 0o660), /can be written by others/],
    [
      'with a folder of its own that a group can write to',
      ({ var: own }) => {
        mkdirSync(own);
        chmodSync(own, 0o770);
      },
      /var, and every folder above it, must belong to root/,
    ],
    ['with an unknown setting', (one) => one.configure({ colour: 'red' }), /unknown setting/],
    ['with code in its settings', (one) => one.configure({ spool: '/tmp/$(id)' }), /character that is not taken/],
    [
      'with settings behind a link',
      ({ conf, dir }) => {
        renameSync(conf, join(dir, 'real'));
        symlinkSync(join(dir, 'real'), conf);
      },
      /no settings file/,
    ],
    [
      'where answers lie behind a link',
      ({ spool, dir }) => symlinkSync(dir, join(spool, 'answers')),
      /answers must belong to user/,
    ],
  ])('%s', async (_name, spoil, said) => {
    host.leave('h1', 'facts\n');
    spoil(host);
    const { stderr, exitCode } = await host.run('serve');
    expect(stderr).toMatch(said);
    expect(exitCode).toBe(1);
    expect(existsSync(join(host.spool, 'facts.json'))).toBe(false);
  });

  test.runIf(isRoot)('with requests that another account leaves', async () => {
    host.leave('h2', 'facts\n');
    chownSync(join(host.spool, 'requests'), 12345, 12345);
    const { stderr, exitCode } = await host.run('serve');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/requests must belong to user 0 alone/)]);
    expect(existsSync(join(host.spool, 'facts.json'))).toBe(false);
  });

  test('and ignores what the environment says', async () => {
    host.leave('i1', 'facts\n');
    const script = `spool=/nowhere root=/nowhere PATH=/nowhere exec /bin/sh "$0" "$1" serve`;
    await execa('/bin/sh', ['-c', script, HELPER, host.conf]);
    expect(host.answer('i1')).toEqual(['ok']);
  });
});

test('who swaps files while the helper looks gains nothing', async () => {
  // A stranger with the rights of ops, as fast as they can: link, good request, link, ...
  const swap = `cd ${host.spool}/requests && while :; do ln -sf /etc/passwd .l; mv -f .l r1.request; printf 'restart-service\\nname=$(touch ${host.dir}/${PROOF})\\n' >.f; mv -f .f r1.request; rm -f ${host.spool}/answers/r1.answer; done`;
  const attacker = execa('/bin/sh', ['-c', swap], { reject: false });
  const outcomes = () => host.acts().match(/(refused|ok|failed)[ :].*$/gm) ?? [];
  let said: string[] = [];
  for (let round = 0; round < 50 && said.length < 10; round++) {
    const before = said.length;
    const helper = host.run('serve');
    let isOver = false;
    void helper.finally(() => {
      isOver = true;
    });
    // It has always something to do: it is ended once it has said something, however slow the machine is.
    await vi.waitUntil(() => isOver || outcomes().length > before, { timeout: PATIENCE_MS, interval: 50 });
    helper.kill('SIGKILL');
    await helper;
    said = outcomes();
  }
  attacker.kill('SIGKILL');
  await attacker;
  expect(said.length).toBeGreaterThan(3);
  expect(
    said.filter(
      (line) =>
        !/^refused reason=(link|bad-value|no-file|empty|unknown-verb)|^failed reason=interrupted|^refused: this id|^refused a file/.test(
          line,
        ),
    ),
  ).toEqual([]);
  expect(existsSync(join(host.dir, PROOF))).toBe(false);
});
