import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HostHelper, readHostFacts } from '../../../ops/host/host-helper.ts';
import { TestHost } from './test-host.ts';

// What the real script makes of what the programs of a host say; the programs are stand-ins that say what real ones said.

let host: TestHost;
beforeEach(() => {
  host = TestHost.make();
});
afterEach(() => host.remove());

test('a bare host tells nothing, and nothing fails', async () => {
  expect((await host.run('facts')).exitCode).toBe(0);
  const facts = await new HostHelper(host.spool).readFacts();
  expect(facts).toEqual({
    at: expect.any(Number),
    timeSynchronised: null,
    failedLogins: null,
    bans: null,
    sshLogins: null,
    containers: null,
    certificateEndsAt: null,
    securityUpdates: null,
    rebootRequired: null,
  });
  expect(Math.abs(facts!.at - Date.now())).toBeLessThan(60_000);
});

test('Podman is asked by its socket, and names containers and images in its own way', async () => {
  host.configure({ container_host: 'unix:///run/podman/podman.sock' });
  host.fake(
    'docker',
    `for one in "$CONTAINER_HOST" "$DOCKER_HOST"; do [ "$one" = unix:///run/podman/podman.sock ] || exit 1; done
    case "$*" in
      'ps '*) echo 0123456789abcdef ;;
      'inspect '*) echo 'kinkeeper-bot-1|2|true|0123456789abcdef' ;;
      'image inspect '*) echo '"2026-11-01T10:00:00Z"' ;;
    esac`,
  );
  await host.run('facts');
  expect((await readHostFacts(host.spool))?.containers).toEqual([
    { name: 'kinkeeper-bot-1', restarts: 2, running: true, imageMadeAt: Date.parse('2026-11-01T10:00:00Z') },
  ]);
});

test('a host with everything', async () => {
  host.fake('timedatectl', 'echo yes');
  host.fake('fail2ban-client', FAIL2BAN);
  host.fake('docker', DOCKER);
  host.fake(
    'apt-get',
    'echo "Inst a [1] (2 Debian-Security:12/stable-security [amd64])"; echo "Inst b [1] (2 Debian:12.1/stable [amd64])"',
  );
  host.fake('journalctl', `cat ${host.dir}/journal`);
  writeFileSync(join(host.dir, 'journal'), JOURNAL);
  mkdirSync(join(host.root, 'run'));
  writeFileSync(join(host.root, 'run', 'reboot-required'), '');
  await host.run('facts');
  expect(await readHostFacts(host.spool)).toEqual({
    at: expect.any(Number),
    timeSynchronised: true,
    failedLogins: 4,
    bans: 5,
    sshLogins: [
      { at: 1764460000000, user: 'ada', from: '10.0.0.2' },
      { at: 1764460100000, user: 'root', from: '2001:db8::7' },
    ],
    containers: [
      { name: 'kinkeeper-bot-1', restarts: 0, running: true, imageMadeAt: Date.parse('2026-11-01T10:00:00Z') },
      { name: 'synapse', restarts: 3, running: false, imageMadeAt: null },
    ],
    certificateEndsAt: null,
    securityUpdates: 1,
    rebootRequired: true,
  });
});

test('a certificate: when it ends', async () => {
  const { execa } = await import('execa');
  const file = join(host.dir, 'cert.pem');
  await execa('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    '/dev/null',
    '-out',
    file,
    '-days',
    '30',
    '-subj',
    '/CN=home.test',
  ]);
  host.configure({ certificate: file });
  await host.run('facts');
  const { certificateEndsAt } = (await readHostFacts(host.spool))!;
  expect(Math.round((certificateEndsAt! - Date.now()) / 86_400_000)).toBe(30);
});

test('programs that fail or talk nonsense become null, and the file stays JSON', async () => {
  for (const name of ['timedatectl', 'fail2ban-client', 'docker', 'apt-get', 'journalctl'])
    host.fake(name, `echo '"}{$(id)'; exit 1`);
  await host.run('facts');
  expect(await readHostFacts(host.spool)).toMatchObject({
    timeSynchronised: null,
    bans: null,
    containers: null,
    securityUpdates: null,
  });
});

test('the look of the host at its own sshd is no failed login; nobody else hides behind its name', async () => {
  host.fake('journalctl', `cat ${host.dir}/journal`);
  const lines = [
    [11, 'Invalid user kinkeeper-look from 127.0.0.1 port 40000'],
    [11, 'Connection closed by invalid user kinkeeper-look 127.0.0.1 port 40000 [preauth]'],
    [12, 'Invalid user kinkeeper-look from 192.0.2.9 port 40000'],
    [13, 'Invalid user kinkeeper-look from 127.0.0.1 port 1 from 192.0.2.9 port 40000'],
    [14, 'Connection closed by invalid user kinkeeper-look 127.0.0.1 port 1 192.0.2.9 port 40000 [preauth]'],
  ];
  writeFileSync(
    join(host.dir, 'journal'),
    lines.map(([pid, words]) => `1764460000.000001 home sshd[${pid}]: ${words}\n`).join(''),
  );
  await host.run('facts');
  expect((await readHostFacts(host.spool))?.failedLogins).toBe(3);
});

test('a file that is no such facts is told apart from none', async () => {
  expect(await readHostFacts(undefined)).toBeUndefined();
  expect(await readHostFacts(host.spool)).toBeUndefined();
  writeFileSync(join(host.spool, 'facts.json'), '{"at":"now"}');
  await expect(new HostHelper(host.spool).readFacts()).rejects.toThrow('the facts of the host cannot be read');
  expect(await readHostFacts(host.spool)).toBeUndefined();
  expect(readFileSync(join(host.spool, 'facts.json'), 'utf8')).toBe('{"at":"now"}');
});

const FAIL2BAN = `case "$*" in
  status) printf 'Status\\n|- Number of jail:\\t2\\n\`- Jail list:\\tnginx-http-auth, sshd\\n' ;;
  'status sshd') printf 'Status for the jail: sshd\\n\`- Actions\\n   |- Currently banned:\\t3\\n   |- Total banned:\\t9\\n' ;;
  *) printf '   |- Currently banned:\\t2\\n' ;;
esac`;

const DOCKER = `case "$*" in
  'ps -aq --no-trunc') printf 'aaaaaaaaaaaa\\nbbbbbbbbbbbb\\n' ;;
  *Created*sha256:aa) echo 2026-11-01T10:00:00.123456789Z ;;
  *Created*) exit 1 ;;
  *aaaaaaaaaaaa) echo '/kinkeeper-bot-1|0|true|sha256:aa' ;;
  *bbbbbbbbbbbb) echo '/synapse|3|false|sha256:bb' ;;
esac`;

// The last lines try to be more than they are: names that strangers choose when they log in.
const JOURNAL = `1764460000.123456 home sshd[100]: Accepted publickey for ada from 10.0.0.2 port 4242 ssh2: ED25519 SHA256:x
1764460001.000000 home sshd[101]: Invalid user admin from 203.0.113.9 port 1
1764460001.100000 home sshd[101]: Failed password for invalid user admin from 203.0.113.9 port 1 ssh2
1764460002.000000 home sshd[102]: Failed publickey for root from 203.0.113.9 port 2 ssh2
1764460003.000000 home sshd[103]: Connection closed by authenticating user root 203.0.113.9 port 3 [preauth]
1764460004.000000 home sshd[104]: Connection closed by 203.0.113.9 port 4
1764460100.000000 home sshd-session[105]: Accepted password for root from 2001:db8::7 port 5 ssh2
1764460101.000000 home sshd[106]: Invalid user Accepted publickey for eve from 6.6.6.6 port 6
`;
