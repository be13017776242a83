import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HardenHost } from './harden-host.ts';

// What `verify` makes of what the programs of a host say, where they say something that only looks well.

let stage: HardenHost;
beforeEach(() => {
  stage = new HardenHost();
});
afterEach(() => stage.remove());

/** Lines of `verify` that fail. */
async function failing(measure: string): Promise<string[]> {
  const { out } = await stage.run('verify', measure);
  return out.split('\n').filter((line) => line.includes('\tfail\t'));
}

describe('fail2ban', () => {
  const GOOD = {
    status: "echo '`- Journal matches:  _SYSTEMD_UNIT=ssh.service + _COMM=sshd'",
    ignoreip: "printf 'These IP addresses/networks are ignored:\\n|- 127.0.0.0/8\\n`- ::1\\n'",
    maxretry: 'echo 5',
    bantime: 'echo 3600',
    findtime: 'echo 600',
    hook: 'echo prerouting',
  };

  function says(other: Partial<typeof GOOD>): void {
    const { status, ignoreip, maxretry, bantime, findtime, hook } = { ...GOOD, ...other };
    stage.host.fake('nft', 'exit 0');
    stage.host.fake(
      'fail2ban-client',
      `case "$*" in
  'status sshd') ${status} ;;
  'get sshd ignoreip') ${ignoreip} ;;
  'get sshd maxretry') ${maxretry} ;;
  'get sshd bantime') ${bantime} ;;
  'get sshd findtime') ${findtime} ;;
  'get sshd actions') echo nftables ;;
  *chain_hook) ${hook} ;;
  *) exit 1 ;;
esac`,
    );
  }

  beforeEach(async () => {
    for (const state of ['enabled', 'active']) stage.write(`../units/fail2ban.service.${state}`, '');
  });

  test('as it comes, it passes', async () => {
    says({});
    expect(await failing('fail2ban')).toEqual([]);
  });

  test.each<[string, Partial<typeof GOOD>, RegExp]>([
    [
      'reads another unit',
      { status: "echo 'Journal matches: _SYSTEMD_UNIT=nothing.service _COMM=sshd'" },
      /wanted: that of sshd/,
    ],
    ['never bans anybody', { ignoreip: "printf '|- 127.0.0.0/8\\n`- 0.0.0.0/0\\n'" }, /never banned: 0\.0\.0\.0\/0/],
    ['never bans half of all', { ignoreip: "printf '`- ::/1\\n'" }, /never banned: ::\/1/],
    ['forgets at once', { findtime: 'echo 1' }, /forgotten after 1 s/],
    ['bans behind Docker’s rules', { hook: 'echo input' }, /bans hold for input, not before Docker's rules/],
    ['bans for a moment', { bantime: 'echo 1' }, /for 1 s/],
    ['bans hardly anybody', { maxretry: 'echo 10000' }, /after 10000 tries/],
  ])('one that %s does not', async (_what, other, words) => {
    says(other);
    expect((await failing('fail2ban')).join('\n')).toMatch(words);
  });

  test('does not take settings over that fail2ban would not start with', async () => {
    says({});
    stage.write('etc/fail2ban/jail.conf', '');
    stage.host.fake('fail2ban-client', 'case " $* " in *" -t "*) echo "no such filter"; exit 255 ;; esac');
    const before = stage.state();
    expect((await stage.run('apply', 'fail2ban')).out).toMatch(
      /nothing was changed: fail2ban does not take the settings: no such filter/,
    );
    expect(stage.state()).toEqual(before);
  });

  test('says nothing for the jails of others', async () => {
    says({});
    stage.write('etc/fail2ban/jail.conf', '');
    const { out } = await stage.run('plan', 'fail2ban');
    expect(out).toContain('+[sshd]');
    expect(out).not.toContain('[DEFAULT]');
  });
});

describe('auditd', () => {
  test.each([
    '-a never,exit -F dir=/srv/kinkeeper/secrets',
    '-a exit,never -S all',
    '-a never,task',
  ])('a rule that leaves out is no pass: %s', async (rule) => {
    for (const name of ['augenrules', 'auditctl']) stage.host.fake(name, 'exit 0');
    stage.host.fake('auditctl', `case $1 in -s) echo 'enabled 1' ;; -l) echo '${rule}' ;; esac`);
    expect((await failing('auditd')).join('\n')).toContain(`\tnever\tauditctl -l: left out: ${rule}`);
  });
});

describe('auditd, of rules that the kernel has', () => {
  const CLOCK = '-a always,exit -F arch=b64 -S settimeofday,clock_settime -F key=kinkeeper-clock';
  const MODULES = '-a always,exit -S all -F arch=b64 -S init_module,delete_module,finit_module -k kinkeeper-modules';
  const told = async (...rules: string[]) => {
    stage.host.fake('augenrules', 'exit 0');
    const list = rules.map((rule) => `echo '${rule}'`).join('; ');
    stage.host.fake('auditctl', `case $1 in -s) echo 'enabled 1' ;; -l) ${list} ;; esac`);
    return (await stage.run('verify', 'auditd')).out.split('\n').find((line) => line.includes('\trules\t'));
  };

  test('names those that are missing, and takes each in the form that auditctl lists it in', async () => {
    expect(await told('No rules')).toMatch(/\tfail\trules\tauditctl -l: missing: .*settimeofday.*;.*finit_module/);
    expect(await told('-w /etc/other -p wa', CLOCK)).toMatch(
      /\tfail\trules\tauditctl -l: missing: [^;]*finit_module[^;]*$/,
    );
    expect(await told('-w /etc/other -p wa', MODULES, CLOCK)).toMatch(/\tpass\trules\tauditctl -l: 2 rules$/);
  });
});

describe('auditd, where somebody has switched records off', () => {
  test('has them on again, and records who reads the secrets', async () => {
    const rules = join(stage.host.root, 'etc/audit/rules.d/60-kinkeeper.rules');
    const enabled = join(stage.host.dir, 'enabled');
    for (const folder of ['etc/audit', 'srv/kinkeeper/secrets'])
      mkdirSync(join(stage.host.root, folder), { recursive: true });
    stage.host.fake('augenrules', 'exit 0');
    stage.host.fake(
      'auditctl',
      `case $1 in -s) echo "enabled $(cat ${enabled})" ;; -e) echo "$2" >${enabled} ;; -l) grep '^-[aw] ' ${rules} ;; esac`,
    );
    writeFileSync(enabled, '0');
    expect(await stage.run('apply', 'auditd')).toMatchObject({ code: 0, out: 'auditd: applied' });
    expect(readFileSync(enabled, 'utf8')).toBe('1\n');
    expect(readFileSync(rules, 'utf8')).toMatch(/^-a always,exit -F dir=\/srv\/kinkeeper\/secrets -F perm=r /m);
  });
});

describe('updates', () => {
  const apply = () => stage.run('apply', 'updates');
  const line = async (name: string) =>
    (await stage.run('verify', 'updates')).out.split('\n').find((one) => one.includes(`\t${name}\t`));

  test('restart the machine by night, until somebody has to unlock it afterwards', async () => {
    await apply();
    expect(await line('restart')).toContain('\tpass\trestart\tapt-config: Automatic-Reboot: true/04:30');
    mkdirSync(join(stage.host.var, 'harden/luks'), { recursive: true });
    expect(await line('restart')).toMatch(/\tfail\trestart\t.*wanted: by hand/);
    expect((await apply()).code).toBe(0);
    expect(await line('restart')).toMatch(/\tpass\trestart\t.*no restart by itself/);
  });

  test('at a time that was asked for in words, whatever is sealed; the plan says what it costs', async () => {
    mkdirSync(join(stage.host.var, 'harden/luks'), { recursive: true });
    stage.host.configure({ reboot_time: '05:00' });
    expect((await stage.run('plan', 'updates')).out).toContain('the data are locked, and nobody is answered');
    await apply();
    expect(await line('restart')).toContain('true/05:00');
    stage.host.configure({ reboot_time: '' });
    expect(await line('restart')).toContain('\tfail\t');
  });

  /** What apt says, changed by a program in between. */
  const said = (by: string) => stage.host.fake('apt-config', `${stage.host.real('apt-config')} "$@" | ${by}`);

  test.each<[string, string, string]>([
    ['from no security archive', 'origins', 'grep -v Origins-Pattern'],
    ['whose lists are fetched twice a month', 'lists', `sed '/Update-Package-Lists/s/"1"/"14"/'`],
    ['that come twice a month', 'upgrade', `sed '/Periodic::Unattended-Upgrade/s/"1"/"14"/'`],
  ])('%s do not pass', async (_what, name, by) => {
    await apply();
    expect(await line(name)).toContain('\tpass\t');
    said(by);
    expect(await line(name)).toContain('\tfail\t');
  });

  test.each(['.*', '.+', '.', '^.*$', ''])('that leave out every package do not pass: "%s"', async (pattern) => {
    await apply();
    stage.host.fake(
      'apt-config',
      `exec_real() { ${stage.host.real('apt-config')} "$@"; }; exec_real "$@"; echo 'Unattended-Upgrade::Package-Blacklist:: "${pattern}";'`,
    );
    expect(await line('blacklist')).toContain('\tfail\t');
  });
});
