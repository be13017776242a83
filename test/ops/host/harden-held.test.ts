import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomStream, testSeed } from '../../bot/random.ts';
import { HardenHost, withoutLeft } from './harden-host.ts';

// What a later `apply` goes back to: the last state that held, never a host without the measure.

/** A measure that guards a way in, of one file; `break` in the settings of its place makes it not take hold. */
const GATE = `guarded=yes
summary() { echo 'A gate for this test alone, with one file'; }
lay() { printf 'ports %s\\n' "$web_ports" | lays 600 /etc/gate.conf; }
enact() { cp "$root/etc/gate.conf" "$root/run/gate-now"; }
retract() { rm -f "$root/run/gate-now"; }
look() { if grep -q 666 "$root/run/gate-now"; then fact fail gate open; else fact pass gate shut; fi; }
`;

let stage: HardenHost;
let harden: string;
beforeEach(() => {
  stage = new HardenHost();
  harden = stage.copyOf('time', GATE);
  stage.installTimer();
});
afterEach(() => stage.remove());

const run = async (...args: string[]) => {
  const done = await execa('/bin/sh', [harden, stage.host.conf, ...args], {
    reject: false,
    all: true,
    env: {},
    extendEnv: false,
  });
  return { code: done.exitCode ?? -1, out: done.all };
};

describe('a guarded measure', () => {
  /** As an SSH session sees itself that began so many seconds ago, from such an address. */
  function comeAnew(from = '203.0.113.9', seconds = 0): void {
    const { root } = stage.host;
    // The shell that sshd started: its surroundings lie where the script looks for those of any process.
    const shell = `mkdir -p ${root}/proc/$4; printf 'HOME=/root\\0SSH_CONNECTION=${from} 50000 198.51.100.1 22\\0' >${root}/proc/$4/environ; echo sh`;
    stage.host.fake(
      'ps',
      `case "$*" in *'comm= -p 4242') echo sshd ;; *comm=*) ${shell} ;; *etimes=*) echo ${seconds} ;; *'ppid= -p 4242') echo 1 ;; *ppid=*) echo 4242 ;; esac`,
    );
    stage.host.fake('ip', `echo '2: eth0    inet 198.51.100.1/24 brd 198.51.100.255 scope global eth0'`);
  }
  /** Without what the stand-in for ps leaves. */
  const state = () => Object.fromEntries(Object.entries(stage.state()).filter(([path]) => !/\/proc\/\d+/.test(path)));

  test('that nobody confirms again goes back to what was confirmed', async () => {
    const before = state();
    comeAnew();
    stage.host.configure({ web_ports: '443' });
    await run('apply', 'time');
    expect(await run('confirm', 'time')).toMatchObject({ code: 0, out: 'time: confirmed: it stays' });
    const confirmed = state();
    stage.host.configure({ web_ports: '443 8443', confirm_minutes: '0' });
    await run('apply', 'time');
    expect(state()).not.toEqual(confirmed);
    expect((await run('return')).code).toBe(0);
    expect(state()).toEqual(confirmed);
    expect((await run('confirm', 'time')).out).toBe('time: nothing waits for a confirmation');
    await run('undo', 'time');
    expect(state()).toEqual(before);
  });

  test('that does not take hold goes back to what was confirmed', async () => {
    comeAnew();
    stage.host.configure({ web_ports: '443' });
    await run('apply', 'time');
    await run('confirm', 'time');
    const confirmed = state();
    stage.host.configure({ web_ports: '666' });
    const { code, out } = await run('apply', 'time');
    expect(out).toContain('everything is as it was when it was last applied');
    expect(code).toBe(1);
    expect(state()).toEqual(confirmed);
    expect((await run('return')).out).toBe('');
    expect(state()).toEqual(confirmed);
  });

  test('that was never confirmed goes back to what was before it', async () => {
    const before = state();
    stage.host.configure({ web_ports: '443' });
    await run('apply', 'time');
    stage.host.configure({ web_ports: '8443', confirm_minutes: '0' });
    await run('apply', 'time');
    await run('return');
    expect(state()).toEqual(before);
  });

  test('waits for its time, unless what says when is damaged', async () => {
    stage.host.configure({ confirm_minutes: '10' });
    const before = state();
    await run('apply', 'time');
    const applied = state();
    await run('return');
    expect(state()).toEqual(applied);
    writeFileSync(join(stage.host.var, 'harden/time/confirm-by'), 'later');
    await run('return');
    expect(state()).toEqual(before);
  });

  test.each<[string, () => void]>([
    ['of before', () => comeAnew('203.0.113.9', 4000)],
    ['from the host itself', () => comeAnew('127.0.0.1')],
    ['from the host itself, by IPv6', () => comeAnew('::1')],
    ['from the host itself, by an address of both kinds', () => comeAnew('::ffff:127.0.0.1')],
    ['from an address of the host', () => comeAnew('198.51.100.1')],
    ['of no known address', () => comeAnew('')],
    ['that is none', () => stage.host.fake('ps', `case "$*" in *comm=*) echo sh ;; *ppid=*) echo 1 ;; esac`)],
  ])('is not confirmed from a session %s', async (_what, come) => {
    come();
    await run('apply', 'time');
    expect(await run('confirm', 'time')).toMatchObject({ code: 1 });
    expect((await run('verify', 'time')).out).toMatch(/unknown\tconfirmed/);
  });

  test('that was cut off in the middle is not confirmed', async () => {
    comeAnew();
    await run('apply', 'time');
    const kept = join(stage.host.var, 'harden/time');
    rmSync(join(kept, 'applied'));
    const { code, out } = await run('confirm', 'time');
    expect(out).toMatch(/refused: it was cut off in the middle; apply it again, or undo it/);
    expect(code).toBe(1);
    expect(existsSync(join(kept, 'confirm-by'))).toBe(true);
  });

  test('begins only where something would take it back, also after a restart', async () => {
    const before = state();
    stage.host.fake(
      'systemctl',
      `case "$*" in *enable*harden-return.timer*) exit 1 ;; esac; exec ${stage.host.real('systemctl')} "$@"`,
    );
    const refused = /refused, nothing was changed: kinkeeper-harden-return.timer.*systemctl enable --now/;
    expect((await run('apply', 'time')).out).toMatch(refused);
    expect(state()).toEqual(before);
    stage.host.fake('systemctl', `exec ${stage.host.real('systemctl')} "$@"`);
  });
});

test('an ordinary measure that fails later keeps what it had', async () => {
  await stage.run('apply', 'updates');
  const applied = stage.state();
  stage.host.configure({ reboot_time: '03:00' });
  stage.write('etc/apt/apt.conf.d/zzz-other', 'APT::Periodic::Unattended-Upgrade "0";\n');
  const { code, out } = await stage.run('apply', 'updates');
  expect(out).toContain('everything is as it was when it was last applied');
  expect(code).toBe(1);
  const other = join(stage.host.root, 'etc/apt/apt.conf.d/zzz-other');
  const { [other]: _, ...rest } = stage.state();
  expect(rest).toEqual(applied);
});

describe('a later apply that is killed anywhere', () => {
  const seed = testSeed();
  const random = randomStream(seed);
  test(`can be gone on from, and gone back from (seed ${seed})`, async () => {
    const before = stage.state();
    const apply = (time: string) => {
      stage.host.configure({ reboot_time: time });
      return stage.run('apply', 'updates');
    };
    await apply('04:30');
    stage.host.killAt(0);
    await apply('03:00');
    const calls = stage.host.killNoMore();
    const later = stage.state();
    for (let turn = 0; turn < 6; turn++) {
      await apply('04:30');
      stage.host.killAt(1 + Math.floor(random() * calls));
      await apply('03:00');
      stage.host.killNoMore();
      if (turn % 2 === 0) {
        expect((await apply('03:00')).code).toBe(0);
        expect(withoutLeft(stage.state())).toEqual(later);
      } else {
        expect((await stage.run('undo', 'updates')).code).toBe(0);
        expect(withoutLeft(stage.state())).toEqual(before);
      }
    }
  });
});
