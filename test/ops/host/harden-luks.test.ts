import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HARDEN, HardenHost } from './harden-host.ts';

// A volume as it stands after a start of the machine: locked, and with all data in it. What of cryptsetup could harm it is a stand-in that notes its
// calls; with a real volume `npm run prove:host -- --only luks` does the same.

const UUID = '0f9a7a52-4c1f-4a63-9f43-6f2d7f3c1a10';

let stage: HardenHost;
let kept: string;
let device: string;
let calls: string;
beforeEach(() => {
  stage = new HardenHost();
  const { dir, host } = { dir: stage.host.dir, host: stage.host };
  [kept, device, calls] = [join(host.var, 'harden', 'luks'), join(dir, 'volume'), join(dir, 'cryptsetup-calls')];
  stage.host.configure({ luks_device: device, luks_bytes: '200000000', data_dir: join(dir, 'data') });
  mkdirSync(join(dir, 'data'));
  writeFileSync(device, UUID);
  writeFileSync(calls, '');
  host.fake(
    'cryptsetup',
    `echo "$*" >>${calls}
case "$*" in
  'isLuks ${device}') [ -s ${device} ] ;;
  'luksUUID ${device}') [ -s ${device} ] && cat ${device} ;;
  isLuks* | luksUUID*) exit 1 ;;
  open*) [ "$(cat)" = 'correct horse battery' ] ;;
esac`,
  );
  for (const name of ['findmnt', 'wipefs', 'blkid', 'lsblk', 'mkfs.ext4', 'fallocate', 'umount', 'mount'])
    host.fake(name, `echo "${name} $*" >>${calls}\nexit 1`);
  mkdirSync(join(kept, 'old'), { recursive: true, mode: 0o700 });
  mkdirSync(join(kept, 'new'));
  writeFileSync(join(kept, 'before'), `device=${device}\nuuid=${UUID}\n`);
  for (const name of ['paths', 'folders', 'moved', 'applied']) writeFileSync(join(kept, name), '');
});
afterEach(() => stage.remove());

/** Runs the script with a passphrase in a file; resolves as `run` does. */
async function runWith(passphrase: string, ...args: string[]): Promise<{ code: number; out: string }> {
  const file = join(stage.host.dir, 'passphrase');
  writeFileSync(file, passphrase);
  const env = { KINKEEPER_LUKS_PASSPHRASE_FILE: file };
  const done = await execa('/bin/sh', [HARDEN, stage.host.conf, ...args], {
    reject: false,
    all: true,
    env,
    extendEnv: false,
  });
  return { code: done.exitCode ?? -1, out: done.all };
}

/** What would make the data unreadable, or somebody else's disk empty. */
const harm = () =>
  readFileSync(calls, 'utf8')
    .split('\n')
    .filter((call) => /erase|wipefs|luksFormat|mkfs/i.test(call));

test('a locked volume is not taken back by an undo', async () => {
  const { code, out } = await stage.run('undo', 'luks');
  expect(out).toMatch(/refused, nothing was changed: the data are in the locked volume.*[Uu]nlock it first/s);
  expect(code).toBe(1);
  expect(harm()).toEqual([]);
  expect(existsSync(join(kept, 'applied'))).toBe(true);
});

test.each(['wrong horse battery', ''])('nor by an apply with the passphrase “%s”', async (passphrase) => {
  for (const held of [false, true]) {
    if (held) {
      mkdirSync(join(kept, 'held', 'files'), { recursive: true });
      writeFileSync(join(kept, 'held', 'paths'), '');
    }
    const { code } = await runWith(passphrase, 'apply', 'luks');
    expect(code).toBe(1);
    expect(harm()).toEqual([]);
    expect(existsSync(join(kept, 'moved'))).toBe(true);
    expect(existsSync(device)).toBe(true);
  }
});

test('a plain copy of old does not come in its place', async () => {
  const plain = join(stage.host.dir, 'data.plain');
  mkdirSync(plain);
  await stage.run('undo', 'luks');
  await runWith('wrong horse battery', 'apply', 'luks');
  expect(existsSync(plain)).toBe(true);
  expect(harm()).toEqual([]);
});

test('a volume with a broken header is not formatted anew', async () => {
  writeFileSync(device, '');
  const { code, out } = await runWith('correct horse battery', 'apply', 'luks');
  expect(out).toMatch(/its header is broken.*luksHeaderRestore.*not touched/s);
  expect(code).toBe(1);
  expect(harm()).toEqual([]);
});

test('a disk with another volume, which has its name by now, is not touched', async () => {
  writeFileSync(device, '11111111-4c1f-4a63-9f43-6f2d7f3c1a10');
  expect((await runWith('correct horse battery', 'apply', 'luks')).code).toBe(1);
  // An undo that was cut off once all was out goes on; the disk is somebody else's.
  writeFileSync(join(kept, 'back'), '');
  expect((await stage.run('undo', 'luks')).code).toBe(0);
  expect(harm()).toEqual([]);
});

test('what was begun on one disk does not go on upon another', async () => {
  rmSync(join(kept, 'moved'));
  const other = join(stage.host.dir, 'other');
  writeFileSync(other, 'photographs');
  stage.host.configure({ luks_device: other, luks_bytes: '200000000', data_dir: join(stage.host.dir, 'data') });
  expect((await runWith('correct horse battery', 'apply', 'luks')).out).toMatch(/luks_device was .*set it to that/);
  await stage.run('undo', 'luks');
  expect(readFileSync(other, 'utf8')).toBe('photographs');
  expect(harm()).toEqual([]);
});

/** What `mount` and the programs that look see of it. */
function mountable(): void {
  const mounted = join(stage.host.dir, 'mounted');
  stage.host.fake('mount', `echo "mount $*" >>${calls}; : >${mounted}`);
  stage.host.fake('findmnt', `[ ! -e ${mounted} ] || echo /dev/mapper/kinkeeper-data`);
  stage.host.fake('lsblk', 'echo crypt');
}

test.each(['unlock', 'apply'])('%s with the right passphrase opens it, and starts what waited', async (act) => {
  mountable();
  stage.write('../units/docker.service.enabled', '');
  // As a kill in the middle of it may have left it.
  rmSync(join(stage.host.dir, 'data'), { recursive: true });
  const { code, out } = await runWith('correct horse battery', ...(act === 'apply' ? [act, 'luks'] : [act]));
  expect(out).toMatch(/applied|what was waiting for it is started/);
  expect(code).toBe(0);
  expect(existsSync(join(stage.host.dir, 'units/docker.service.active'))).toBe(true);
  expect(harm()).toEqual([]);
});

/** auditd, hardened before; the kernel has none of its rules. */
function auditHardened(): void {
  mkdirSync(join(stage.host.var, 'harden/auditd'));
  stage.write('../units/auditd.service.enabled', '');
  stage.host.fake('augenrules', `echo "augenrules $*" >>${calls}`);
  stage.host.fake('auditctl', `case $1 in -s) echo 'enabled 1' ;; -l) echo 'No rules' ;; esac`);
}

test.each([
  'unlock',
  'apply',
])('%s has auditd run, and take its rules again for what lies there by then', async (act) => {
  mountable();
  auditHardened();
  expect((await runWith('correct horse battery', ...(act === 'apply' ? [act, 'luks'] : [act]))).code).toBe(0);
  expect(readFileSync(calls, 'utf8')).toMatch(/^mount .*^augenrules --load$/ms);
  // On Debian 13 it does not start while rules are refused.
  expect(existsSync(join(stage.host.dir, 'units/auditd.service.active'))).toBe(true);
});

test('rules that the kernel does not have are told', async () => {
  mountable();
  auditHardened();
  const { code, out } = await runWith('correct horse battery', 'unlock');
  expect(out).toContain('auditd did not take all of its rules');
  expect(code).toBe(0);
});

test('rules that auditd refuses leave nothing locked, and are told', async () => {
  mountable();
  mkdirSync(join(stage.host.var, 'harden/auditd'));
  stage.host.fake('augenrules', 'exit 1');
  const { code, out } = await runWith('correct horse battery', 'unlock');
  expect(out).toContain('auditd did not take all of its rules');
  expect(out).toContain('what was waiting for it is started');
  expect(code).toBe(0);
});

test('where auditd is not hardened, its rules are nothing of ours', async () => {
  mountable();
  stage.host.fake('augenrules', `echo "augenrules $*" >>${calls}`);
  expect((await runWith('correct horse battery', 'unlock')).code).toBe(0);
  expect(readFileSync(calls, 'utf8')).not.toContain('augenrules');
});

test('data that are locked are not watched, and nothing says that they are', async () => {
  for (const name of ['auditctl', 'augenrules']) stage.host.fake(name, '');
  stage.host.fake('auditctl', "case $1 in -s) echo 'enabled 1' ;; esac");
  const applied = await stage.run('apply', 'auditd');
  expect(applied.out).toMatch(/refused, nothing was changed: the data are locked.*unlock, then apply auditd/);
  expect(applied.code).toBe(1);
  expect((await stage.run('verify', 'auditd')).out).toMatch(/\tunknown\tdata\t.*kinkeeper-harden CONFIG unlock/);
  expect((await stage.run('verify', 'luks')).out).toMatch(/\tfail\tat-rest\t.* is locked: .* unlock/);
});

describe('with a key server', () => {
  const PRINT = 'PFOCXyeN9uwN0cwUefOVwO9x1o3zD1jAiMM7HdDXyrM';
  const NOBODYS = 'A'.repeat(43);
  let asked: string;

  function configure(settings: Readonly<Record<string, string>>): void {
    const data_dir = join(stage.host.dir, 'data');
    stage.host.configure({ luks_device: device, luks_bytes: '200000000', data_dir, ...settings });
  }

  /** What is asked of clevis, which with a real one `npm run prove:host -- --only key-server` does. */
  const questions = () => readFileSync(asked, 'utf8').trim();
  const mounts = () => readFileSync(calls, 'utf8').match(/^mount /gm) ?? [];
  const KEY = 'Digests:\n  0: pbkdf2\n\tDigest: 08 2f c0';

  /** What the header says: the servers that open the volume, each by a key of its own, and of the key of the volume. */
  function headerSays({ servers = 1, url = 'http://10.77.0.9', print = PRINT, key = KEY } = {}): void {
    const token = (at: number) => `  ${at}: clevis\n\tKeyslot:    ${at + 1}\n`;
    const tokens = Array.from({ length: servers }, (_, at) => token(at)).join('');
    writeFileSync(join(stage.host.dir, 'header'), `Keyslots:\n  0: luks2\nTokens:\n${tokens}${key}\n`);
    stage.host.fake(
      'jose',
      `cat >/dev/null; case "$*" in *'-g url'*) echo '${url}' ;; 'jwk thp'*) echo '${print}' ;; *) echo more ;; esac`,
    );
  }

  beforeEach(() => {
    asked = join(stage.host.dir, 'clevis-calls');
    writeFileSync(asked, '');
    stage.host.fake('clevis', `echo "$*" >>${asked}`);
    stage.host.fake('clevis-luks-bind', '');
    stage.host.fake('curl', '');
    stage.host.fake(
      'cryptsetup',
      `case "$*" in
  isLuks*) [ -s ${device} ] ;;
  luksUUID*) cat ${device} ;;
  luksDump*) cat ${stage.host.dir}/header ;;
  'token export'*) echo '{}' ;;
  open*) [ "$(cat)" = 'correct horse battery' ] ;;
esac`,
    );
    stage.write('../units/docker.service.enabled', '');
    configure({ luks_key_server: 'http://10.77.0.9', luks_key_server_print: PRINT });
    headerSays();
    writeFileSync(join(kept, 'volume'), `${KEY}\n`);
    mountable();
  });

  test('it is opened without anybody, and what waited is started', async () => {
    const { code, out } = await stage.run('unlock-by-server');
    expect(out).toContain('what was waiting for it is started');
    expect(code).toBe(0);
    expect(questions()).toBe(`luks unlock -d ${device} -n kinkeeper-data`);
    expect(existsSync(join(stage.host.dir, 'units/docker.service.active'))).toBe(true);
    expect(readFileSync(join(stage.host.var, 'acts.log'), 'utf8')).toContain('unlocked by the key server');
    // Once it is there, nobody is asked any more.
    expect((await stage.run('unlock-by-server')).code).toBe(0);
    expect(questions().split('\n')).toHaveLength(1);
    expect(mounts()).toHaveLength(1);
  });

  test('a server that does not answer leaves it locked, and is asked again', async () => {
    stage.host.fake('clevis', 'exit 1');
    const { code, out } = await stage.run('unlock-by-server');
    expect(out).toMatch(/10\.77\.0\.9 did not open the volume; .*unlock takes the passphrase/);
    expect(code).toBe(1);
    expect(mounts()).toEqual([]);
    expect(harm()).toEqual([]);
  });

  test.each([
    ['a server of another address', { url: 'http://10.77.0.8' }],
    ['a server with another key', { print: NOBODYS }],
    ['another server besides', { servers: 2 }],
    ['no server at all', { servers: 0 }],
    ['another key of the volume, put there by whom can write to the disk', { key: 'Digests:\n\tDigest: 66 66 66' }],
  ])('it stays locked where the header has %s', async (_, header) => {
    headerSays(header);
    expect((await stage.run('unlock-by-server')).code).toBe(1);
    expect(questions()).toBe('');
    expect(mounts()).toEqual([]);
    // Somebody who knows the passphrase opens it all the same, and that volume counts from then on.
    expect((await runWith('correct horse battery', 'unlock')).code).toBe(0);
  });

  test('it stays locked while nobody has opened that volume by the passphrase, and then no more', async () => {
    rmSync(join(kept, 'volume'));
    expect((await stage.run('unlock-by-server')).code).toBe(1);
    expect(mounts()).toEqual([]);
    expect((await runWith('correct horse battery', 'unlock')).code).toBe(0);
    rmSync(join(stage.host.dir, 'mounted'));
    expect((await stage.run('unlock-by-server')).code).toBe(0);
  });

  test('none is asked that the settings do not name, nor about another volume', async () => {
    configure({});
    expect((await stage.run('unlock-by-server')).code).toBe(0);
    configure({ luks_key_server: 'http://10.77.0.9', luks_key_server_print: PRINT });
    writeFileSync(device, '11111111-4c1f-4a63-9f43-6f2d7f3c1a10');
    expect((await stage.run('unlock-by-server')).code).toBe(1);
    expect(questions()).toBe('');
    expect(mounts()).toEqual([]);
  });

  test.each([
    ['10.77.0.9', PRINT, 'luks_key_server has to be an address'],
    ['http://10.77.0.9/adv', PRINT, 'luks_key_server has to be an address'],
    ['http://10.77.0.9', '', 'luks_key_server_print has to be what tang-show-keys says'],
    ['http://10.77.0.9', PRINT.slice(1), 'luks_key_server_print has to be what tang-show-keys says'],
  ])('%s with the thumbprint “%s” is refused', async (luks_key_server, luks_key_server_print, words) => {
    configure({ luks_key_server, luks_key_server_print });
    const { code, out } = await runWith('correct horse battery', 'apply', 'luks');
    expect(out).toContain(`refused, nothing was changed: ${words}`);
    expect(code).toBe(1);
    expect(questions()).not.toContain('bind');
  });

  test('one that is not the one of the thumbprint is refused before anything is bound', async () => {
    headerSays({ servers: 0 });
    stage.host.fake('clevis', `echo "$*" >>${asked}; case $* in encrypt*) exit 1 ;; esac`);
    const { code, out } = await runWith('correct horse battery', 'apply', 'luks');
    expect(out).toContain(`http://10.77.0.9 does not answer as the key server of ${PRINT}`);
    expect(code).toBe(1);
    expect(questions()).toContain(`encrypt tang {"url":"http://10.77.0.9","thp":"${PRINT}"}`);
    expect(questions()).not.toContain('bind');
  });

  test('a restart at night is asked for only where somebody opens it by then', async () => {
    stage.host.fake('unattended-upgrade', '');
    expect((await stage.run('plan', 'updates')).out).toContain('Automatic-Reboot "false"');
    writeFileSync(join(kept, 'key-server'), `http://10.77.0.9 ${PRINT}\n`);
    expect((await stage.run('plan', 'updates')).out).toContain('Automatic-Reboot "true"');
  });
});

/** A copy that differs from what was copied, at this place. */
function spoilCopies(place: string): void {
  stage.host.fake(
    'cp',
    `/bin/cp "$@" || exit 1; case "$*" in *${place}*) /usr/bin/find ${stage.host.dir} -path '*${place}/*' -name paper -exec sh -c 'echo spoilt >"$1"' _ {} \\; ;; esac`,
  );
}

describe('what is open, and is to come out again', () => {
  const paper = () => join(stage.host.dir, 'data', 'paper');
  beforeEach(() => {
    mountable();
    writeFileSync(join(stage.host.dir, 'mounted'), '');
    writeFileSync(paper(), 'the deed of the house');
  });

  test('is not given up where the copy is another', async () => {
    spoilCopies('data.back');
    expect((await stage.run('undo', 'luks')).code).toBe(1);
    expect(existsSync(join(kept, 'back'))).toBe(false);
    expect(existsSync(join(kept, 'moved'))).toBe(true);
    expect(readFileSync(paper(), 'utf8')).toBe('the deed of the house');
    expect(harm()).toEqual([]);
  });

  test('is not touched while somebody uses it', async () => {
    const used = openSync(paper(), 'r');
    const { code, out } = await stage.run('undo', 'luks');
    closeSync(used);
    expect(out).toMatch(/refused, nothing was changed: these still use .*, stop them first: \S/);
    expect(code).toBe(1);
    expect(existsSync(`${join(stage.host.dir, 'data')}.back`)).toBe(false);
    expect(harm()).toEqual([]);
  });
});

describe('a volume that is to be made', () => {
  const paper = () => join(stage.host.dir, 'data', 'paper');
  const formatted = () => readFileSync(calls, 'utf8').includes('luksFormat');
  const GOOD = 'correct horse battery';

  beforeEach(() => {
    rmSync(kept, { recursive: true });
    rmSync(device);
    writeFileSync(paper(), 'the deed of the house');
    const { dir, host } = { dir: stage.host.dir, host: stage.host };
    const mounted = join(dir, 'mounted');
    host.fake(
      'cryptsetup',
      `echo "$*" >>${calls}
case "$*" in
  isLuks*) [ -s ${device} ] ;;
  luksUUID*) [ -s ${device} ] && cat ${device} ;;
  *luksFormat*) cat >/dev/null; while [ "$1" != --uuid ]; do shift; done; echo "$2" >${device} ;;
  open*) [ "$(cat)" = '${GOOD}' ] ;;
  luksHeaderBackup*) echo header >"$4" ;;
esac`,
    );
    host.fake('mount', `case "$*" in *nodev*) : >${mounted} ;; esac`);
    host.fake('umount', '');
    host.fake(
      'findmnt',
      `case "$*" in *SOURCE*) [ ! -e ${mounted} ] || echo /dev/mapper/kinkeeper-data ;; *) exit 1 ;; esac`,
    );
    host.fake('lsblk', `[ ! -e ${mounted} ] || echo crypt`);
    host.fake('fallocate', `: >${device}`);
    host.fake('mkfs.ext4', '');
  });

  test('takes the data in, once they are the same there', async () => {
    expect(await runWith(GOOD, 'apply', 'luks')).toMatchObject({ code: 0 });
    expect(formatted()).toBe(true);
    expect(existsSync(join(kept, 'moved'))).toBe(true);
    expect(readFileSync(join(stage.host.dir, 'data.plain/paper'), 'utf8')).toBe('the deed of the house');
  });

  test('does not take the place of data of which the copy is another', async () => {
    spoilCopies('kinkeeper-luks');
    const { code, out } = await runWith(GOOD, 'apply', 'luks');
    expect(out).toContain('what was copied is not what was there');
    expect(code).toBe(1);
    expect(readFileSync(paper(), 'utf8')).toBe('the deed of the house');
    expect(existsSync(join(stage.host.dir, 'data.plain'))).toBe(false);
  });

  test('is not begun over a file that is there', async () => {
    writeFileSync(device, 'photographs');
    expect((await runWith(GOOD, 'apply', 'luks')).out).toMatch(/nothing was changed: .* is there already/);
    expect(readFileSync(device, 'utf8')).toBe('photographs');
    expect(harm()).toEqual([]);
  });

  test('is not begun while somebody uses the data', async () => {
    const used = openSync(paper(), 'r');
    const { code, out } = await runWith(GOOD, 'apply', 'luks');
    closeSync(used);
    expect(out).toMatch(/nothing was changed: these still use .*, stop them first: \S/);
    expect(code).toBe(1);
    expect(formatted()).toBe(false);
  });

  test('wants a passphrase that nobody guesses', async () => {
    expect((await runWith('horse', 'apply', 'luks')).out).toContain('the passphrase needs at least 12 characters');
    expect(formatted()).toBe(false);
    expect(readFileSync(paper(), 'utf8')).toBe('the deed of the house');
  });
});
