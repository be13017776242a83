import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HardenHost } from './harden-host.ts';

// What is read of the settings of sshd as they lie; whether it obeys, and nobody is locked out, `npm run prove:host -- --only ssh,lockout` shows.

let stage: HardenHost;
beforeEach(() => {
  stage = new HardenHost();
  for (const name of ['sshd', 'ssh', 'ssh-keygen', 'sudo', 'ss', 'ip', 'getent']) stage.host.fake(name, 'exit 0');
});
afterEach(() => stage.remove());

/** The line about exceptions of `verify`. */
async function exceptions(settings: string, others: Readonly<Record<string, string>> = {}): Promise<string> {
  stage.write('etc/ssh/sshd_config', `Include /etc/ssh/sshd_config.d/*.conf\n${settings}`);
  for (const [name, content] of Object.entries(others)) stage.write(`etc/ssh/${name}`, content);
  const { out } = await stage.run('verify', 'ssh');
  return out.split('\n').find((line) => line.includes('\texceptions\t'))!;
}

describe('a Match block that lets in more is found', () => {
  test.each<[string, string, Record<string, string>?]>([
    ['as it is mostly written', 'Match Address 198.51.100.0/24\n  PasswordAuthentication yes\n'],
    ['with an equals sign', 'Match Address 198.51.100.0/24\n  PasswordAuthentication=yes\n'],
    ['with blanks around it', 'match user ada\npasswordauthentication = YES\n'],
    ['in quotes', 'Match User ada\n\tPermitRootLogin\t"yes"\n'],
    ['by its old name', 'Match User ada\nChallengeResponseAuthentication yes\n'],
    ['by one way out of two', 'Match User ada\nAuthenticationMethods publickey password\n'],
    ['in a drop-in', '', { 'sshd_config.d/50.conf': 'Match User ada\nPermitEmptyPasswords yes\n' }],
    [
      'by an Include within it',
      'Match User ada\nInclude more/*.conf\n',
      { 'more/a.conf': 'PasswordAuthentication yes\n' },
    ],
    [
      'by an Include of an Include',
      'Match User ada\nInclude=/etc/ssh/more/a.conf\n',
      { 'more/a.conf': 'Include more/b.conf', 'more/b.conf': 'PasswordAuthentication yes' },
    ],
    [
      'in a file that is included from elsewhere',
      'Include more/a.conf\n',
      { 'more/a.conf': 'Match all\nPermitRootLogin yes' },
    ],
  ])('%s', async (_how, settings, others) => {
    expect(await exceptions(settings, others)).toMatch(/^ssh\tfail\texceptions\tin a Match block: \/etc\/ssh\//);
  });
});

test('what stands for everybody, or forbids, is no exception', async () => {
  const settings = `PasswordAuthentication yes
#Match User ada
Match Group sftp # no more than files
  ForceCommand internal-sftp
  PasswordAuthentication=no
  AuthenticationMethods publickey,password
`;
  // A block ends with the file in which it began.
  const others = {
    'sshd_config.d/10.conf': 'Match User b\nX11Forwarding no\n',
    'sshd_config.d/20.conf': 'PermitRootLogin yes\n',
  };
  expect(await exceptions(settings, others)).toMatch(/^ssh\tpass\texceptions\t/);
});

test('settings that include themselves come to an end', async () => {
  const itself = 'Include /etc/ssh/sshd_config.d/*.conf\n';
  expect(await exceptions('', { 'sshd_config.d/10.conf': itself })).toMatch(/^ssh\tpass\t/);
});

const isHere = ['/usr/sbin/sshd', '/usr/bin/ssh', '/usr/bin/ssh-keygen'].every((file) => existsSync(file));
if (!isHere) console.log('Left out: what sshd makes of its new settings needs sshd.');
test.runIf(isHere)('a real sshd takes what it is to be told, and lets in keys only, never root', async () => {
  stage.host.fake('ssh', '[ "$1" != -Q ] || exec /usr/bin/ssh "$@"; exit 255');
  stage.write('etc/ssh/sshd_config', 'Include /etc/ssh/sshd_config.d/*.conf\n');
  const { out } = await stage.run('plan', 'ssh');
  const [settings, key] = [join(stage.host.dir, 'settings'), join(stage.host.dir, 'host-key')];
  const laid = out.split('\n').filter((line) => line.startsWith('+') && !line.startsWith('+++'));
  // It keeps the first value that it finds: one of before says otherwise.
  writeFileSync(
    settings,
    `${laid.map((line) => line.slice(1)).join('\n')}\nPermitRootLogin yes\nPasswordAuthentication yes\n`,
  );
  await execa('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const { stdout } = await execa('/usr/sbin/sshd', ['-T', '-f', settings, '-h', key]);
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining([
      ...['permitrootlogin no', 'passwordauthentication no', 'kbdinteractiveauthentication no'],
      ...['authenticationmethods publickey', 'permitemptypasswords no', 'maxauthtries 4', 'x11forwarding no'],
    ]),
  );
  for (const name of ['kexalgorithms', 'ciphers', 'macs'])
    expect(stdout).toMatch(new RegExp(`^${name} (?!.*(cbc|sha1|md5|arcfour|nistp|group1\\D)).+$`, 'm'));
});

describe('what sshd says of itself', () => {
  const GOOD = `permitrootlogin no
passwordauthentication no
kbdinteractiveauthentication no
pubkeyauthentication yes
authenticationmethods publickey
permitemptypasswords no
x11forwarding no
allowagentforwarding no
permituserenvironment no
maxauthtries 4
logingracetime 60
maxstartups 10:30:60
clientaliveinterval 300
clientalivecountmax 3
loglevel VERBOSE
kexalgorithms curve25519-sha256
ciphers chacha20-poly1305@openssh.com
macs hmac-sha2-512-etm@openssh.com
`;

  /** The line of `verify` with this name. */
  async function line(name: string, effective: string, offers: string): Promise<string | undefined> {
    stage.write('etc/ssh/sshd_config', '');
    const file = join(stage.host.dir, 'effective');
    writeFileSync(file, effective);
    stage.host.fake('sshd', `cat ${file}`);
    stage.host.fake('ss', "echo 'LISTEN 0 128 0.0.0.0:22 0.0.0.0:*'");
    stage.host.fake('ssh', `echo 'kinkeeper-look@127.0.0.1: Permission denied (${offers}).' >&2; exit 255`);
    return (await stage.run('verify', 'ssh')).out.split('\n').find((one) => one.includes(`\t${name}\t`));
  }

  test.each<[string, string, RegExp]>([
    ['as it is wanted', GOOD, /\tpass\t/],
    ['with root', GOOD.replace('permitrootlogin no', 'permitrootlogin prohibit-password'), /\tfail\t.*permitrootlogin/],
    ['with a weak cipher', GOOD.replace(/^ciphers .*$/m, '$&,aes128-cbc'), /\tfail\t.*ciphers takes aes128-cbc/],
    ['with a weak sum', GOOD.replace(/^macs .*$/m, '$&,hmac-sha1'), /\tfail\t.*macs takes hmac-sha1/],
    [
      'without saying how one logs in',
      GOOD.replace(/^authenticationmethods .*\n/m, ''),
      /\tfail\t.*no authenticationmethods/,
    ],
  ])('%s is judged by each part', async (_what, effective, verdict) => {
    expect(await line('settings-kinkeeper-look', effective, 'publickey')).toMatch(verdict);
  });

  test('does not count where the one that runs offers more', async () => {
    expect(await line('running', GOOD, 'publickey')).toContain('\tpass\t');
    expect(await line('running', GOOD, 'publickey,password')).toMatch(/\tfail\t.*publickey,password/);
  });
});

describe('nobody is locked out: it does not begin', () => {
  const KEYS = 'home/ada/.ssh/authorized_keys';

  beforeEach(() => {
    stage.installTimer();
    stage.write('etc/ssh/sshd_config', 'Include /etc/ssh/sshd_config.d/*.conf\n');
    stage.write(KEYS, 'ssh-ed25519 AAAA ada@laptop\n', 0o600);
    stage.host.fake(
      'getent',
      `case "$1" in group) echo sudo:x:27:root,ada ;; *) echo ada:x:1000:1000::/home/ada:/bin/bash ;; esac`,
    );
    stage.host.fake('sshd', `case "$*" in *-T*) echo 'authorizedkeysfile .ssh/authorized_keys' ;; esac`);
    stage.host.fake('passwd', 'echo ada P');
    stage.host.fake(
      'ssh-keygen',
      `case "$*" in -q*) for last in "$@"; do :; done; : >"$last"; : >"$last.pub" ;; *) echo '256 SHA256:x ada (ED25519)' ;; esac`,
    );
    stage.host.fake('ssh', 'exit 255');
  });

  test.each<[string, () => void, RegExp]>([
    [
      'nobody is in the group sudo',
      () => stage.host.fake('getent', 'echo sudo:x:27:root'),
      /nobody but root could come in afterwards/,
    ],
    ['nobody has a key', () => rmSync(join(stage.host.root, KEYS)), /ada: no SSH key of this account/],
    [
      'others can change the keys',
      () => chmodSync(join(stage.host.root, KEYS), 0o666),
      /ada: no SSH key of this account/,
    ],
    ['nobody can become root', () => stage.host.fake('passwd', 'echo ada L'), /ada: has no password for sudo/],
    ['a sshd with the new settings lets nobody in', () => undefined, /ada: was not let in by a second sshd/],
    [
      'sshd does not take the settings',
      () => stage.host.fake('sshd', 'echo bad line; exit 255'),
      /sshd does not take the new settings: bad line/,
    ],
  ])('where %s', async (_why, harm, words) => {
    harm();
    const before = stage.state();
    const { code, out } = await stage.run('apply', 'ssh');
    expect(out).toContain('refused, nothing was changed');
    expect(out).toMatch(words);
    expect(code).toBe(1);
    expect(stage.state()).toEqual(before);
  });
});
