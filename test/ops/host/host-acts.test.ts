import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HostHelper } from '../../../ops/host/host-helper.ts';
import { TestHost } from './test-host.ts';

// Each act of the real script; what it would do to the host goes to stand-ins that write down how they were called.

let host: TestHost;
beforeEach(() => {
  host = TestHost.make();
});
afterEach(() => host.remove());

/** A stand-in that notes its arguments, and what it is fed. */
function noting(name: string, then = ''): void {
  host.fake(name, `echo "${name} $*" >>${host.dir}/calls; ${then}`);
}

function calls(): string[] {
  const file = join(host.dir, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

test('a host that lacks the programs says so, and nothing else happens', async () => {
  const asked = ['check-updates', 'apply-host-updates', 'restart-service\nname=bot', 'close-outside', 'open-outside'];
  const said = await Promise.all(asked.map((_, at) => host.leave(`a${at}`, `${asked[at]}\n`)));
  await host.run('serve');
  expect(said.map((_, at) => host.answer(`a${at}`))).toEqual([
    ['failed', 'reason=no-apt'],
    ['failed', 'reason=no-systemd'],
    ['failed', 'reason=no-systemd'],
    ['failed', 'reason=no-nftables'],
    ['failed', 'reason=no-nftables'],
  ]);
  expect(await host.ask('b1', 'apply-release\nversion=9.0.0\n')).toEqual(['failed', 'reason=no-deployment']);
  expect(await host.ask('b2', 'confirm-release\nupdate=x\n')).toEqual(['failed', 'reason=no-update-under-way']);
});

describe('packages of the host', () => {
  const WAITING =
    'Inst libc6 [1] (2 Debian-Security:12/stable-security [amd64])\\nInst vim [1] (2 Debian:12 [amd64])\\n';

  test('security alone unless asked, in a unit of its own; the numbers are counted before and after', async () => {
    host.fake('apt-get', `[ -e ${host.dir}/done ] || printf '${WAITING}'`);
    noting('systemctl', `: >${host.dir}/done`);
    expect(await host.ask('a1', 'apply-host-updates\n')).toEqual(['ok', 'installed=1', 'waiting=0', 'reboot=null']);
    expect(await host.ask('a2', 'apply-host-updates\nkind=all\n')).toEqual([
      'ok',
      'installed=0',
      'waiting=0',
      'reboot=null',
    ]);
    expect(calls()).toEqual(
      ['security', 'all'].map((kind) => `systemctl start kinkeeper-host-upgrade@${kind}.service`),
    );
  });

  test('that unit installs what is of a security archive, and keeps changed settings files', async () => {
    noting('apt-get', `case "$*" in *upgrade) printf '${WAITING}' ;; esac`);
    await host.run('upgrade', 'security');
    await host.run('upgrade', 'all');
    const install =
      'apt-get -q -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install --only-upgrade --';
    expect(calls().filter((call) => call.includes('install'))).toEqual([`${install} libc6`, `${install} libc6 vim`]);
    expect((await host.run('upgrade', '$(id)')).stderr).toContain('unknown kind');
  });

  test('a failure is a failure', async () => {
    host.fake('apt-get', `printf '${WAITING}'`);
    noting('systemctl', 'exit 1');
    expect(await host.ask('a1', 'apply-host-updates\n')).toEqual(['failed', 'reason=apt-failed']);
  });
});

test('a service is restarted without waiting for it', async () => {
  noting('systemctl');
  host.configure({ unit_homeserver: 'matrix-synapse.service' });
  for (const name of ['bot', 'ops', 'homeserver'])
    expect(await host.ask(name, `restart-service\nname=${name}\n`)).toEqual(['ok', `name=${name}`]);
  expect(calls()).toEqual(
    ['kinkeeper-bot', 'kinkeeper-ops', 'matrix-synapse'].map((unit) => `systemctl --no-block restart ${unit}.service`),
  );
});

describe('closing the outside', () => {
  test('SSH and the VPN stay, opening takes the table away, and a restart of the machine closes again', async () => {
    noting('nft', `cat >${host.dir}/rules`);
    host.configure({ ssh_port: '2222', vpn_ports: '51820 41641', vpn_interfaces: 'wg0 tailscale0' });
    expect(await host.ask('a1', 'close-outside\n')).toEqual(['ok', 'closed=yes']);
    const rules = readFileSync(join(host.dir, 'rules'), 'utf8');
    expect(rules).toContain('policy drop');
    expect(rules).toContain('tcp dport { 2222 } accept');
    expect(rules).toContain('udp dport { 51820,41641 } accept');
    expect(rules).toContain('iifname { "wg0","tailscale0" } accept');
    writeFileSync(join(host.dir, 'rules'), '');
    await host.run('resume');
    expect(readFileSync(join(host.dir, 'rules'), 'utf8')).toBe(rules);
    expect(await host.ask('a2', 'open-outside\n')).toEqual(['ok', 'closed=no']);
    expect(readFileSync(join(host.dir, 'rules'), 'utf8')).toBe(
      'table inet kinkeeper_closed\ndelete table inet kinkeeper_closed\n',
    );
    writeFileSync(join(host.dir, 'rules'), '');
    await host.run('resume');
    expect(readFileSync(join(host.dir, 'rules'), 'utf8')).toBe('');
  });

  test('rules that were not taken are said', async () => {
    noting('nft', 'cat >/dev/null; exit 1');
    expect(await host.ask('a1', 'close-outside\n')).toEqual(['failed', 'reason=nft-failed']);
  });
});

test('evidence: what is there is copied for ops to read, with sums, and what is missing is counted', async () => {
  host.fake('journalctl', 'echo "some lines of sshd"');
  host.fake('ss', 'echo LISTEN');
  host.fake('nft', 'exit 1');
  const [outcome, ...facts] = (await host.ask('e1', 'evidence\n'))!;
  expect(outcome).toBe('ok');
  expect(facts).toContain('folder=e1');
  const folder = join(host.spool, 'evidence', 'e1');
  expect(readdirSync(folder).sort()).toEqual([
    'SHA256SUMS',
    'bot.log',
    'helper.log',
    'ops.log',
    'sockets.txt',
    'sshd.log',
    'sudo.log',
  ]);
  expect(readFileSync(join(folder, 'sshd.log'), 'utf8')).toBe('some lines of sshd\n');
  expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toMatch(/^[0-9a-f]{64} {2}helper.log$/m);
});

test('evidence: services that say nothing to the journal are missing', async () => {
  host.fake('journalctl', 'case "$*" in *" -u "*) ;; *) echo "some lines of sshd" ;; esac');
  expect((await host.ask('e2', 'evidence\n'))![0]).toBe('ok');
  expect(readdirSync(join(host.spool, 'evidence', 'e2')).sort()).toEqual([
    ...['SHA256SUMS', 'helper.log', 'sshd.log', 'sudo.log'],
  ]);
});

describe('from the side of ops', () => {
  const options = { signal: new AbortController().signal, timeoutMs: 20_000 };

  test('a request and its answer', async () => {
    host.fake('systemctl', '');
    const helper = new HostHelper(host.spool);
    const asking = helper.ask({ verb: 'restart-service', name: 'bot' }, options);
    const over = new AbortController();
    const serving = host.serveUntil(over.signal);
    expect(await asking.finally(() => over.abort())).toEqual({ outcome: 'ok', facts: { name: 'bot' } });
    await serving;
  });

  test('a helper that does not run: said in time, and the request is taken back', async () => {
    const helper = new HostHelper(host.spool);
    await expect(helper.ask({ verb: 'facts' }, { ...options, timeoutMs: 300 })).rejects.toMatchObject({
      reason: 'host-helper-silent',
    });
    expect(readdirSync(join(host.spool, 'requests'))).toEqual([]);
  });

  test('a spool that is not there', async () => {
    await expect(new HostHelper(join(host.dir, 'none')).ask({ verb: 'facts' }, options)).rejects.toMatchObject({
      reason: 'host-helper',
    });
  });
});
