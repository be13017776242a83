import type { CheckId } from '../../../core/posture.ts';
import type { ProbeName } from '../../../ops/posture/probe-names.ts';
import { container, GOOD, nginx, perUser, READ_AT, recorded, sources } from './good-host.ts';

/** Texts of probes that are other than on the good host. */
export type Changed = Partial<Record<ProbeName, string>>;
const swapped = (name: ProbeName, from: string | RegExp, to: string): Changed => {
  const text = GOOD[name].replace(from, to);
  if (text === GOOD[name]) throw new Error(`${name} holds no ${from}`);
  return { [name]: text };
};
const added = (name: ProbeName, line: string): Changed => ({ [name]: `${GOOD[name].trimEnd()}\n${line}\n` });
const nft = (more: object): Changed => {
  const { nftables } = JSON.parse(GOOD.nft) as { nftables: object[] };
  return { nft: JSON.stringify({ nftables: [...nftables, more] }) };
};
const rule = (...expr: object[]) => nft({ rule: { family: 'inet', table: 'kinkeeper', chain: 'input', expr } });
const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } });
const dport = (right: unknown, protocol = 'tcp') => match({ payload: { protocol, field: 'dport' } }, right);
const iifname = (right: unknown, op = '==') => match({ meta: { key: 'iifname' } }, right, op);
const ACCEPT = { accept: null };
const one = (more: Readonly<Record<string, unknown>>): Changed => ({ containers: `${container(more)}\n${nginx()}\n` });
/** For one more person something else counts: `name value` pairs. */
const users = (...settings: string[]): Changed => {
  const said = settings.reduce(
    (text, line) => text.replace(new RegExp(`^${line.split(' ')[0]} .*$`, 'm'), line),
    GOOD.sshd,
  );
  return { 'sshd-users': `${GOOD['sshd-users']}\n${perUser(said, ['ben'])}` };
};
/** A jail that keeps out, whatever it reads. */
const JAIL = 'jail sshd\nmaxretry 5\nfindtime 600\nbantime 3600\nactions nftables\n';
/** What Match blocks say, beside. */
const matches = (...settings: string[]): Changed => ({
  'sshd-matches': `outside authenticationmethods publickey\nmatch\n${settings.join('\n')}\nfiles 2\n`,
});
const called = (options: string): Changed => swapped('sshd-read', 'sshd -D', `sshd ${options}`);
const DEBIAN = recorded('sshd-debian');
/** What nft and iptables-save say where ufw is on. */
export const UFW = {
  nft: recorded('nft-ufw'),
  iptables: recorded('iptables-ufw'),
  ip6tables: recorded('ip6tables-ufw'),
};
const mount = (source: string, more: object = {}) => ({
  mounts: [{ type: 'bind', source, to: '/x', rw: true, propagation: 'rprivate', ...more }],
});
/** A container that is given one folder more, which is what `row` says (as in `sources`). */
const mounted = (source: string, more: object = {}, row = source): Changed => ({
  ...one(mount(source, more)),
  'mount-sources': sources(row),
});
const led = (source: string, real: string, kind = 'directory') =>
  mounted(source, { rw: false }, `${kind}\t${source}\t${real}`);
const port = (HostIp: string, HostPort: string) => ({ '8008/tcp': [{ HostIp, HostPort }] });

const CT_MAP = {
  vmap: {
    key: { ct: { key: 'state' } },
    data: {
      set: [
        ['established', ACCEPT],
        ['new', { jump: { target: 'more' } }],
      ],
    },
  },
};
const TWO_WAYS = GOOD.routes.replace('"six":[]', '"six":[{"dst":"default","dev":"eth1"}]');

const ORIGINS = (codename: string) => `Allowed-Origins:: "Debian:${codename}-security";`;

/** One rule in the place of another one, by what that begins with. */
const auditing = (rule: string, instead = '-w /etc/kinkeeper -p wa') => swapped('audit-rules', instead, rule);

/** For each line what makes it fail: each is one thing that is otherwise on the good host. */
export const FAILS: Readonly<Record<string, readonly (readonly [string, Changed])[]>> = {
  'ssh-keys-only': [
    ['Debian as it comes', { sshd: DEBIAN, 'sshd-users': perUser(DEBIAN) }],
    ['a Match block for one person', users('authenticationmethods any', 'passwordauthentication yes')],
    [
      'one way of several without a key',
      users('authenticationmethods publickey password', 'passwordauthentication yes'),
    ],
    ['a Match block for some addresses', matches('authenticationmethods any', 'passwordauthentication yes')],
    ['a Match block that takes answers', matches('challengeresponseauthentication YES', 'authenticationmethods any')],
    [
      'a Match block where no key is asked for',
      {
        sshd: GOOD.sshd.replace(/^authenticationmethods .*$/m, 'authenticationmethods any'),
        'sshd-matches': 'match\npasswordauthentication yes\nfiles 2\n',
      },
    ],
    [
      'keys for those outside, passwords in a block for others',
      { 'sshd-matches': 'match\nauthenticationmethods publickey\nmatch\npasswordauthentication yes\nfiles 2\n' },
    ],
    [
      'a way without a key in one block, passwords in another',
      matches(
        'authenticationmethods password',
        'match',
        'authenticationmethods publickey',
        'passwordauthentication yes',
      ),
    ],
    [
      'of two files one asks for none',
      { 'sshd-matches': `outside authenticationmethods any\n${matches('passwordauthentication yes')['sshd-matches']}` },
    ],
    ['it runs with options', called('-D -o PasswordAuthentication=yes')],
    ['it runs with another file', called('-D -f /root/other')],
    ['answers by keyboard', users('authenticationmethods any', 'kbdinteractiveauthentication yes')],
  ],
  'ssh-no-root': [
    ['by key', swapped('sshd', 'permitrootlogin no', 'permitrootlogin without-password')],
    ['a Match block for some addresses', matches('permitrootlogin prohibit-password')],
    ['it runs with options', called('-o PermitRootLogin=yes')],
    ['only from some addresses', users('permitrootlogin yes')],
  ],
  'ssh-read': [
    ['called with options', called('-D -p 2222')],
    ['changed since', added('sshd-read', `changed=${READ_AT / 1000 - 5}.5`)],
  ],
  'ssh-limits': [
    ['tries', swapped('sshd', 'maxauthtries 4', 'maxauthtries 6')],
    ['time', swapped('sshd', 'logingracetime 60', 'logingracetime 0')],
    ['graphics', swapped('sshd', 'x11forwarding no', 'x11forwarding yes')],
    ['environment', swapped('sshd', 'permituserenvironment no', 'permituserenvironment yes')],
    ['graphics for some', matches('x11forwarding yes')],
    ['tries for some', matches('maxauthtries 20')],
    ['silence about some', matches('loglevel QUIET')],
    ['it runs with options', called('-o MaxAuthTries=99')],
    ['silence', swapped('sshd', 'loglevel VERBOSE', 'loglevel QUIET')],
  ],
  'ssh-algorithms': [
    ['Debian as it comes', { sshd: DEBIAN }],
    ['it runs with options', called('-o Ciphers=aes128-cbc')],
    ['a cipher', swapped('sshd', /^ciphers /m, 'ciphers aes128-cbc,')],
    ['a key exchange', swapped('sshd', /^kexalgorithms /m, 'kexalgorithms diffie-hellman-group14-sha1,')],
    ['a key', swapped('sshd', /^hostkeyalgorithms /m, 'hostkeyalgorithms ssh-dss,')],
  ],
  firewall: [
    ['none', { nft: recorded('nft-none') }],
    ['policy accept', swapped('nft', '"policy": "drop"', '"policy": "accept"')],
    ['everything let in', rule(ACCEPT)],
    ['all of TCP', rule(match({ meta: { key: 'l4proto' } }, 'tcp'), ACCEPT)],
    ['all from the outside interface', rule(iifname('eth0'), ACCEPT)],
    ['all but one inside', rule(iifname('wg0', '!='), ACCEPT)],
    ['from one of two outside interfaces', { ...rule(iifname('eth1'), ACCEPT), routes: TWO_WAYS }],
    ['all but one of two', { ...rule(iifname('eth1', '!='), ACCEPT), routes: TWO_WAYS }],
    ['interfaces by a pattern', rule(iifname('e*'), ACCEPT)],
    [
      'from everywhere',
      rule(match({ payload: { protocol: 'ip', field: 'saddr' } }, { prefix: { addr: '0.0.0.0', len: 1 } }), ACCEPT),
    ],
    ['by a port that strangers choose', rule(match({ payload: { protocol: 'udp', field: 'sport' } }, 53), ACCEPT)],
    ['new connections', rule(match({ ct: { key: 'state' } }, ['established', 'new'], 'in'), ACCEPT)],
    ['behind a jump', { nft: jumping() }],
    ['behind a jump of a map', { nft: leading(CT_MAP) }],
    [
      'by a map of what is not known',
      { nft: leading({ vmap: { key: { meta: { key: 'mark' } }, data: { set: [[1, ACCEPT]] } } }) },
    ],
    ['by a map that has a name', rule({ vmap: { key: { meta: { key: 'mark' } }, data: '@somewhere' } })],
    ['by a direction', rule(match({ ct: { key: 'direction' } }, 'original'), ACCEPT)],
    ['all of TCP and a quiet protocol', rule(match({ meta: { key: 'l4proto' } }, { set: ['icmp', 'tcp'] }), ACCEPT)],
    ['a last rule that refuses some', lastRule(dport(25), { drop: null })],
    [
      'ufw whose last rule refuses some',
      { ...UFW, iptables: byLastRule(UFW.iptables).replace('-A INPUT -j DROP', '-A INPUT -p tcp -j DROP') },
    ],
    [
      'ufw from one of two outside interfaces',
      { ...UFW, routes: TWO_WAYS, iptables: UFW.iptables.replace('COMMIT', '-A INPUT -i eth1 -j ACCEPT\nCOMMIT') },
    ],
    [
      'all that a rule leaves to the policy',
      leftToPolicy([match({ meta: { key: 'l4proto' } }, 'tcp'), { return: null }]),
    ],
    ['all that goes to a chain without a verdict', leftToPolicy([{ goto: { target: 'more' } }])],
    [
      'ufw that leaves all of TCP to the policy',
      { ...UFW, iptables: byLastRule(UFW.iptables).replace('-A INPUT', '-A INPUT -p tcp -j RETURN\n-A INPUT') },
    ],
    [
      'ufw that goes to a chain without a verdict',
      { ...UFW, iptables: byLastRule(UFW.iptables).replace('-A INPUT', '-A INPUT -g ufw-nothing\n-A INPUT') },
    ],
    ['a protocol of ours by number', rule(match({ payload: { protocol: 'ip', field: 'protocol' } }, 6), ACCEPT)],
    ['IPv4 alone', { nft: recorded('nft-ufw'), iptables: UFW.iptables, ip6tables: GOOD.ip6tables }],
    [
      'a table that sleeps',
      swapped('nft', '"name": "kinkeeper", "handle"', '"name": "kinkeeper", "flags": "dormant", "handle"'),
    ],
    ['ufw with a hole', { ...UFW, iptables: UFW.iptables.replace('COMMIT', '-A ufw-user-input -j ACCEPT\nCOMMIT') }],
    [
      'ufw with a hole from outside',
      { ...UFW, ip6tables: UFW.ip6tables.replace('COMMIT', '-A INPUT -i eth+ -j ACCEPT\nCOMMIT') },
    ],
    [
      'ufw with a hole for TCP',
      { ...UFW, iptables: UFW.iptables.replace('COMMIT', '-A ufw-user-input -p tcp -j ACCEPT\nCOMMIT') },
    ],
    ['ufw that lets all in by default', { ...UFW, iptables: UFW.iptables.replace(':INPUT DROP', ':INPUT ACCEPT') }],
    [
      'ufw that lets in half of the world',
      { ...UFW, iptables: UFW.iptables.replace('COMMIT', '-A INPUT -s 0.0.0.0/1 -j ACCEPT\nCOMMIT') },
    ],
    [
      'ufw that lets in all but one',
      { ...UFW, iptables: UFW.iptables.replace('COMMIT', '-A INPUT ! -s 192.0.2.1/32 -j ACCEPT\nCOMMIT') },
    ],
  ],
  'firewall-ports': [
    ['one more', rule(dport(5432), ACCEPT)],
    ['one of several', rule(dport({ set: [22, 6333] }), ACCEPT)],
    ['a stretch', rule(dport({ range: [440, 450] }), ACCEPT)],
    ['all of them', rule(dport({ range: [1, 65535] }), ACCEPT)],
    ['of the other protocol', rule(dport(22, 'udp'), ACCEPT)],
    ['behind a jump', { nft: jumping(dport(11434)) }],
    [
      'in a map',
      rule({ vmap: { key: { payload: { protocol: 'tcp', field: 'dport' } }, data: { set: [[8008, ACCEPT]] } } }),
    ],
    [
      'ufw',
      {
        ...UFW,
        iptables: UFW.iptables.replace('COMMIT', '-A ufw-user-input -p tcp -m tcp --dport 8008 -j ACCEPT\nCOMMIT'),
      },
    ],
    ['no firewall', { nft: recorded('nft-none') }],
    ['a port that is left to the policy', leftToPolicy([dport(6333), { return: null }])],
    ['behind two jumps', { nft: leading(dport(11434), { jump: { target: 'first' } }) }],
    ['behind a map in a chain', { nft: leading(dport(11434), { jump: { target: 'map' } }) }],
    [
      'a jump in a map',
      {
        nft: leading({
          vmap: {
            key: { payload: { protocol: 'tcp', field: 'dport' } },
            data: { set: [[8008, { jump: { target: 'more' } }]] },
          },
        }),
      },
    ],
    [
      'ufw behind two jumps',
      {
        ...UFW,
        ip6tables: UFW.ip6tables.replace(
          'COMMIT',
          '-A INPUT -p tcp -m tcp --dport 8008 -j one\n-A one -j two\n-A two -j ACCEPT\nCOMMIT',
        ),
      },
    ],
  ],
  listening: [
    ['a database', added('sockets', 'tcp LISTEN 0 244 0.0.0.0:5432 0.0.0.0:* users:(("postgres",pid=1,fd=5))')],
    ['by IPv6', added('sockets', 'tcp LISTEN 0 244 [::]:6333 [::]:*')],
    ['on the public address', added('sockets', 'tcp LISTEN 0 244 192.0.2.7:8008 0.0.0.0:*')],
    ['everywhere', added('sockets', 'udp UNCONN 0 0 *:5353 *:*')],
  ],
  vpn: [
    ['neither', { wireguard: '', tailscale: '' }],
    ['without peers', { wireguard: 'port wg0 51820\n', tailscale: '"BackendState": "Stopped"\nfunnels=0\n' }],
    ['an interface that is down', { ...swapped('routes', '"UP"', '"DOWN"'), tailscale: '' }],
    ['another interface', { wireguard: 'port other 1\npeer other 5\n', tailscale: '' }],
    ['a funnel', swapped('tailscale', 'funnels=0', 'funnels=1')],
  ],
  'vpn-keys': [
    ['readable', swapped('wireguard-files', '600', '640')],
    ['somebody else’s', swapped('wireguard-files', '|0|', '|1000|')],
  ],
  fail2ban: [
    ['stopped', { fail2ban: 'stopped\n' }],
    ['no jails', { fail2ban: '' }],
    ['too many tries', swapped('fail2ban', 'maxretry 5', 'maxretry 11')],
    ['too short', swapped('fail2ban', 'bantime 3600', 'bantime 599')],
    ['no action', swapped('fail2ban', 'actions nftables', 'actions ')],
    ['everybody is left out', swapped('fail2ban', 'ignores /8 v4', 'ignores /8 v4\nignores /0 v4')],
    ['half of IPv6 is left out', swapped('fail2ban', 'ignores /8 v4', 'ignores /1 v6')],
    [
      'the journal of a unit that is not there',
      swapped('fail2ban', 'sshd written=yes found=yes', 'sshd written=yes found='),
    ],
    [
      'the journal of the one that only listens',
      swapped('fail2ban', 'sshd-session written= found=', 'sshd-session written=yes found='),
    ],
    ['tries of a second', swapped('fail2ban', 'findtime 600', 'findtime 1')],
    ['another port', swapped('settings', 'ssh_port=22', 'ssh_port=2222')],
    ['one of two ports', swapped('settings', 'ssh_port=22', 'ssh_port=22 2222')],
    [
      'a port by its name',
      { ...swapped('fail2ban', 'multiport 22', 'multiport ssh'), ...swapped('settings', 'ssh_port=22', 'ssh_port=23') },
    ],
    ['none for SSH', swapped('fail2ban', 'jail sshd', 'jail recidive')],
    ['a log that is not there', { fail2ban: `${JAIL}File list:\t/var/log/auth.log\nlog /var/log/auth.log 0 0\n` }],
    ['no log at all', { fail2ban: `${JAIL}File list:\t\n` }],
    ['a log that is old', { fail2ban: `${JAIL}File list:\t/a\nlog /a ${READ_AT / 1000 - 400_000} 9\n` }],
  ],
  updates: [
    ['no upgrades', swapped('apt-periodic', 'Unattended-Upgrade "1"', 'Unattended-Upgrade "0"')],
    ['no lists', swapped('apt-periodic', 'Update-Package-Lists "1"', 'Update-Package-Lists ""')],
    ['all off', swapped('apt-periodic', 'Enable "1"', 'Enable "0"')],
    ['nothing set', { 'apt-periodic': '' }],
    [
      'a timer that is off',
      swapped('apt-timers', 'apt-daily-upgrade.timer enabled=enabled', 'apt-daily-upgrade.timer enabled=disabled'),
    ],
    [
      'a timer that is stopped',
      swapped(
        'apt-timers',
        'apt-daily.timer enabled=enabled active=active',
        'apt-daily.timer enabled=enabled active=inactive',
      ),
    ],
    ['no program', swapped('apt-upgrade', 'program\n', '')],
    ['no archive of security', swapped('apt-upgrade', /Unattended-Upgrade::Origins.*\n/, '')],
    ['once a month', swapped('apt-periodic', 'Unattended-Upgrade "1"', 'Unattended-Upgrade "30"')],
    ['every four days', swapped('apt-periodic', 'Update-Package-Lists "1"', 'Update-Package-Lists "4d"')],
    ['never, in seconds', swapped('apt-periodic', 'Unattended-Upgrade "1"', 'Unattended-Upgrade "0s"')],
    ['nonsense', swapped('apt-periodic', 'Unattended-Upgrade "1"', 'Unattended-Upgrade "true"')],
    ['of another version', swapped('apt-upgrade', 'bookworm', 'bullseye')],
    ['of another system', swapped('apt-upgrade', /Pattern:: .*/, 'Pattern:: "origin=Ubuntu,archive=jammy-security";')],
    ['of another version, in short', swapped('apt-upgrade', /Origins-Pattern:: .*/, ORIGINS('bullseye'))],
    ['of another version, by its label', swapped('apt-upgrade', 'bookworm-security', 'bullseye')],
    ['of nobody', swapped('apt-upgrade', /Pattern:: .*/, 'Pattern:: "label=security";')],
    ['sshd left out', swapped('apt-upgrade', /Blacklist .*/, 'Blacklist:: "openssh";')],
    ['kernels left out', swapped('apt-upgrade', /Blacklist .*/, 'Blacklist:: "linux-";')],
    ['some alone', swapped('apt-upgrade', 'end\n', 'Unattended-Upgrade::Package-Whitelist:: "curl";\nend\n')],
    ['on Sundays', swapped('apt-upgrade', 'end\n', 'Unattended-Upgrade::Update-Days:: "Sun";\nend\n')],
    ['sshd held', swapped('apt-upgrade', 'end\n', 'held openssh-server\nend\n')],
    ['all left out', swapped('apt-upgrade', /Blacklist .*/, 'Blacklist:: ".*";')],
    [
      'a service that is masked',
      swapped('apt-timers', 'upgrade.service enabled=static', 'upgrade.service enabled=masked'),
    ],
    ['never ran', { 'apt-stamps': '' }],
    ['ran long ago', swapped('apt-stamps', /upgrade-stamp \d+/, 'upgrade-stamp 1700000000')],
  ],
  reboot: [['asked for', { reboot: 'true\n' }]],
  'volume-encryption': [
    ['a plain disk', swapped('mounts', '/dev/mapper/kinkeeper', '/dev/vda1')],
    ['a link to a plain disk', { places: '/srv/kinkeeper\n/mnt/plain\n' }],
    [
      'a plain disk mounted among it',
      swapped(
        'mounts',
        '{"target":"/srv',
        '{"target":"/srv/kinkeeper/postgres","source":"/dev/vda1[/p]","fstype":"ext4"},{"target":"/srv',
      ),
    ],
    ['not mounted', swapped('mounts', '"/srv/kinkeeper"', '"/mnt"')],
    [
      'the state elsewhere, on a plain disk',
      swapped('settings', 'state_dir=/srv/kinkeeper/state', 'state_dir=/home/kin'),
    ],
    ['one of two disks plain', { blocks: JSON.stringify({ blockdevices: [raid('crypt'), raid('part')] }) }],
  ],
  swap: [
    ['a plain one', added('swaps', '/dev/vda1 partition 1 0 -2')],
    ['a file on a plain disk', added('swaps', '/swapfile file 1 0 -2')],
  ],
  'file-modes': [
    ['a secret for others', swapped('files', 'f|400|10001|', 'f|440|10001|')],
    ['a secret of somebody who logs in', swapped('files', 'f|400|10001|', 'f|400|1000|')],
    ['a folder of somebody who logs in', added('files', 'd|700|1000|/srv/kinkeeper/state')],
    ['a secret that is a link', swapped('files', 'f|400|10001|', 'l|777|0|')],
    ['.env for others', swapped('files', 'f|600|0|/opt', 'f|644|0|/opt')],
    ['settings of somebody else', swapped('files', 'f|644|0|/srv', 'f|644|10001|/srv')],
    ['settings that others change', swapped('files', 'f|644|0|/srv', 'f|664|0|/srv')],
    ['a key of the web', swapped('files', 'f|600|0|/srv', 'f|644|0|/srv')],
    ['passwords for all', swapped('files', 'f|640|0|/etc/shadow', 'f|644|0|/etc/shadow')],
    ['the key that signs', swapped('files', 'f|600|0|/var', 'f|600|10001|/var')],
    ['a host key', swapped('files', 'f|600|0|/etc/ssh', 'f|640|0|/etc/ssh')],
  ],
  helper: [
    ['of somebody else', swapped('helper-files', 'f|755|0|', 'f|755|1000|')],
    ['that others write', swapped('helper-files', 'f|755|0|', 'f|775|0|')],
  ],
  auditd: [
    ['off', swapped('auditd', 'enabled 1', 'enabled 0')],
    ['nobody listens', swapped('auditd', 'pid 512', 'pid 0')],
    ['not at all', added('audit-rules', '-a never,task')],
    [
      'told not to',
      {
        'audit-rules':
          '-a never,exit -S all -F dir=/srv/kinkeeper/secrets\n-w /etc/ssh -p wa\n-w /etc/kinkeeper -p wa\n',
      },
    ],
    ['told not to, before that', added('audit-rules', '-a never,exit -F dir=/srv/kinkeeper')],
    ['told not to, of a part', added('audit-rules', '-a exit,never -F path=/etc/ssh/sshd_config')],
    ['nothing of it', added('audit-rules', '-a never,exit -F arch=b64 -S all')],
    [
      'only who runs it',
      { 'audit-rules': GOOD['audit-rules'].replaceAll('-p wa', '-p x').replace('perm=r', 'perm=x') },
    ],
    ['no rules', { 'audit-rules': 'No rules\n' }],
    ['at most some', swapped('auditd', 'rate_limit 0', 'rate_limit 1')],
    ...[
      '-a never,exit -F auid>=1000',
      '-a never,exit -F success=0',
      '-a always,exclude -F msgtype=SYSCALL',
      '-a never,exclude -F msgtype=PATH',
      '-a always,exclude -F msgtype>=1300',
      '-a never,filesystem -F fstype=ext4',
    ].map((rule) => [rule, added('audit-rules', rule)] as const),
    ['only who changes its mode', swapped('audit-rules', '-w /etc/ssh -p wa', '-w /etc/ssh -p a')],
    ['nobody who reads', swapped('audit-rules', /^-a .*$/m, '')],
    ['only one person', swapped('audit-rules', 'perm=r -F auid>=1000', 'perm=r -F auid=1004')],
    ['changes by people alone', auditing('-a always,exit -S all -F dir=/etc/kinkeeper -F perm=wa -F auid>=1000')],
    ['what fails alone', auditing('-a always,exit -S all -F dir=/etc/kinkeeper -F perm=wa -F success=0')],
    ['one call', auditing('-a always,exit -S chown -F dir=/etc/kinkeeper')],
    ['the folder that the volume was mounted in', auditing('-w /srv -p wa', '-w /srv/kinkeeper/secrets -p wa')],
    [
      'not our secrets',
      { 'audit-rules': '-w /etc/ssh -p wa -k kinkeeper\n-w /etc/kinkeeper -p wa\n-w /srv/kinkeeper/sec -p wa\n' },
    ],
  ],
  time: [
    ['not', { time: 'synchronised=no\nkeeper=chrony\n' }],
    ['nobody keeps it', { time: 'synchronised=yes\n' }],
  ],
  kernel: [
    ['a value', swapped('sysctl', 'kernel.kptr_restrict=1', 'kernel.kptr_restrict=0')],
    ['one interface', swapped('sysctl', 'ipv4 eth0 accept_redirects=0', 'ipv4 eth0 accept_redirects=1')],
    ['one that is missing', swapped('sysctl', 'kernel.yama.ptrace_scope=1', 'kernel.yama.ptrace_scope=')],
  ],
  accounts: [
    ['a second root', added('passwd', 'toor:x:0:0::/root:/bin/sh')],
    ['no password', { 'no-passwords': 'guest\nread 26\n' }],
    ['no password, in the other file', swapped('passwd', 'ada:x:', 'ada::')],
    ['a password for all to read', swapped('passwd', 'ada:x:', 'ada:$y$j9T$a$b:')],
  ],
  'docker-ports': [
    ['everywhere', one({ ports: port('0.0.0.0', '8008') })],
    ['by IPv6', one({ ports: port('::', '8008') })],
    ['asked for, not running', one({ running: false, ports: {}, bindings: port('', '8008') })],
    ['on the VPN', one({ ports: port('10.8.0.1', '8008') })],
    ['a web port of another', one({ ports: port('0.0.0.0', '443') })],
    ['another port of nginx', { containers: nginx({ ports: port('0.0.0.0', '8080') }) }],
    [
      'at 127.0.0.1 of an old Docker',
      { ...one({ ports: port('127.0.0.1', '8008') }), docker: GOOD.docker.replace('28.2.2', '20.10.24+dfsg1') },
    ],
  ],
  'docker-api': [
    ['dockerd', added('sockets', 'tcp LISTEN 0 9 127.0.0.1:4243 0.0.0.0:* users:(("dockerd",pid=2,fd=5))')],
    ['its port', added('sockets', 'tcp LISTEN 0 9 0.0.0.0:2375 0.0.0.0:*')],
  ],
  'docker-group': [
    ['a member', { 'docker-group': 'docker:x:106:ada\n' }],
    ['as first group', swapped('passwd', 'ada:x:1000:1000', 'ada:x:1000:106')],
  ],
  'docker-socket': [
    ['for all', { 'docker-socket': '666|root|docker\n' }],
    ['of a group', { 'docker-socket': '660|root|users\n' }],
    ['of somebody', { 'docker-socket': '660|ada|docker\n' }],
  ],
  'docker-confinement': [
    ['no seccomp', swapped('docker', 'name=seccomp,profile=builtin', 'name=rootless')],
    ['seccomp that lets all through', swapped('docker', 'profile=builtin', 'profile=unconfined')],
    ['no AppArmor', swapped('docker', '"name=apparmor",', '')],
    ['all of /proc', one({ security: ['no-new-privileges', 'systempaths=unconfined'] })],
    ['one container without', one({ security: ['no-new-privileges', 'seccomp=unconfined'] })],
    ['one without AppArmor', one({ appArmor: 'unconfined' })],
    ['one that AppArmor does not know', one({ appArmor: '' })],
    ['calls all let through', one({ security: ['seccomp={"defaultAction": "SCMP_ACT_ALLOW"}'] })],
  ],
  'container-privileges': [
    ['all rights', one({ privileged: true })],
    ['those of Docker', one({ capDrop: null })],
    ['one more', one({ capAdd: ['CAP_SYS_ADMIN'] })],
  ],
  'container-root-fs': [['writable', one({ readOnly: false })]],
  'container-new-privileges': [
    ['may gain', one({ security: null })],
    ['turned off', one({ security: ['no-new-privileges:false'] })],
  ],
  'container-limits': [
    ['memory', one({ memory: 0 })],
    ['processes', one({ pids: null })],
    ['no end of processes', one({ pids: -1 })],
  ],
  'container-namespaces': [
    ['network', one({ network: 'host' })],
    ['processes', one({ pid: 'host' })],
    ['processes of another', one({ pid: `container:${'a'.repeat(64)}` })],
    ['the network of another', one({ network: `container:${'a'.repeat(64)}` })],
    ['devices', one({ devices: [{ PathOnHost: '/dev/sda' }] })],
  ],
  'container-mounts': [
    ['Docker', mounted('/run/docker.sock')],
    ['by its other name', mounted('/var/run/docker.sock', { rw: false })],
    ['the root', mounted('/')],
    ['settings', mounted('/etc/')],
    ['the folder of the socket', mounted('/var/run', { rw: false })],
    ['all that Docker has', mounted('/var/lib/docker', { rw: false })],
    ['keys of the host', mounted('/etc/ssh', { rw: false })],
    ['somebody’s folder', mounted('/home/ada', { rw: false })],
    ['a socket by another name', mounted('/srv/x/docker.sock', { rw: false })],
    [
      'a volume that is a folder of the host',
      {
        ...mounted('/var/lib/docker/volumes/x/_data', { type: 'volume', rw: false }),
        volumes: '{"mountpoint":"/var/lib/docker/volumes/x/_data","device":"/etc"}\nend\n',
        'mount-sources': sources('/var/lib/docker/volumes/x/_data', '/etc'),
      },
    ],
    ['a part of them, to write', mounted('/etc/ssh')],
    ...(
      ['/var/lib', '/var/lib/kinkeeper-host', '/etc/shadow', '/root/.ssh', '/opt/kinkeeper', '/srv', '/mnt'] as const
    ).map((path) => [path, mounted(path, { rw: false })] as const),
    ['all data of the household', mounted('/srv/kinkeeper', { rw: false })],
    ['a folder that only begins alike', mounted('/srv/kinkeeper-old', { rw: false })],
    ['a link among the data that leads out', led('/srv/kinkeeper/synapse/signing.key', '/etc/shadow')],
    ['a socket among the data', led('/srv/kinkeeper/state/s', '/srv/kinkeeper/state/s', 'socket')],
    ['the time zone, to write', mounted('/etc/localtime')],
    ['a time zone that leads elsewhere', led('/etc/localtime', '/etc/shadow', 'regular-file')],
    ['shared', mounted('/srv/kinkeeper/state', { propagation: 'rshared' })],
  ],
  'container-users': [
    ['by default', one({ user: '', readOnly: false })],
    ['by number', one({ user: '0:0', capAdd: ['CHOWN'] })],
    ['by name', one({ user: 'root', capDrop: null })],
    ['that has another right beside', one({ user: '', capAdd: ['SETUID', 'CHOWN'] })],
    ['that may gain rights', one({ user: 'root', security: null })],
    ['with all rights', one({ user: 'root', privileged: true })],
  ],
  'container-health': [
    ['ill', one({ health: 'unhealthy' })],
    ['not asked', one({ health: null })],
    ['stopped', one({ running: false })],
    ['stays away', one({ restart: 'no' })],
  ],
  'container-images': [['a tag', one({ image: 'kinkeeper:latest' })]],
  'container-networks': [['the default', one({ network: 'bridge' })]],
  'container-logs': [['without end', one({ logSize: '' })]],
  'container-data': [
    ['elsewhere', mounted('/var/data')],
    ['a volume of Docker', mounted('/var/lib/docker/volumes/x/_data', { type: 'volume' })],
    ['a link that leads to a plain disk', mounted('/srv/kinkeeper/x', {}, 'directory\t/srv/kinkeeper/x\t/mnt/plain')],
  ],
  'container-secrets': [['one', swapped('container-secrets', 'bot-1 0', 'bot-1 2')]],
};

/** Refused by a last rule, which some of it never reaches. */
function leftToPolicy(expr: object[]): Changed {
  const { nftables } = JSON.parse(lastRule({ drop: null }).nft!) as { nftables: { rule?: object }[] };
  const own = { rule: { family: 'inet', table: 'kinkeeper', chain: 'input', expr } };
  return { nft: JSON.stringify({ nftables: [...nftables.slice(0, -1), own, nftables.at(-1)] }) };
}

/** Everything but what the last rule refuses is let in. */
function lastRule(...expr: object[]): Changed {
  const { nft: text } = rule(...expr);
  return { nft: text!.replace('"policy":"drop"', '"policy":"accept"') };
}

function byLastRule(saved: string): string {
  return saved.replace(':INPUT DROP', ':INPUT ACCEPT').replace('COMMIT', '-A INPUT -j DROP\nCOMMIT');
}

/** Under some conditions into a chain that lets all in. */
function jumping(...conditions: object[]): string {
  return leading(...conditions, { jump: { target: 'more' } });
}

function leading(...expr: object[]): string {
  const of = { family: 'inet', table: 'kinkeeper' };
  const { nftables } = JSON.parse(recorded('nft-measure')) as { nftables: object[] };
  const more = [
    { chain: { ...of, name: 'more' } },
    { rule: { ...of, chain: 'input', expr } },
    { rule: { ...of, chain: 'more', expr: [ACCEPT] } },
    { chain: { ...of, name: 'first' } },
    { rule: { ...of, chain: 'first', expr: [{ jump: { target: 'more' } }] } },
    { chain: { ...of, name: 'map' } },
    { rule: { ...of, chain: 'map', expr: [CT_MAP] } },
  ];
  return JSON.stringify({ nftables: [...nftables, ...more] });
}

function raid(type: string): object {
  const volume = { name: 'kinkeeper', kname: 'dm-0', type: 'raid1' };
  return {
    name: `vd${type}`,
    kname: `vd${type}`,
    type: 'disk',
    children: [{ name: type, kname: type, type, children: [volume] }],
  };
}

/** What is well by another way than on the good host. */
export const WELL: readonly (readonly [string, CheckId, Changed])[] = [
  ['ufw', 'firewall', UFW],
  [
    'all else refused by the last rule',
    'firewall',
    lastRule({ log: null }, { counter: { packets: 1, bytes: 2 } }, { drop: null }),
  ],
  ['all else rejected by the last rule', 'firewall', lastRule({ reject: { type: 'icmp' } })],
  ['ufw that refuses by its last rule', 'firewall', { ...UFW, iptables: byLastRule(UFW.iptables) }],
  ['answers alone, by their direction', 'firewall', rule(match({ ct: { key: 'direction' } }, 'reply'), ACCEPT)],
  ['ufw', 'firewall-ports', UFW],
  ['ICMP by its protocol', 'firewall', rule(match({ payload: { protocol: 'ip', field: 'protocol' } }, 'icmp'), ACCEPT)],
  ['what never comes to the policy', 'firewall', leftToPolicy([iifname('wg0'), { return: null }])],
  ['passwords in a Match block, behind a key', 'ssh-keys-only', matches('passwordauthentication yes')],
  [
    'memory mounted among the data',
    'volume-encryption',
    swapped(
      'mounts',
      '{"target":"/srv',
      '{"target":"/srv/kinkeeper/x","source":"tmpfs","fstype":"tmpfs"},{"target":"/srv',
    ),
  ],
  [
    'a Match block that forbids, and one about something else',
    'ssh-no-root',
    matches('permitrootlogin no', 'x11forwarding yes'),
  ],
  [
    'passwords behind a key, in a block of its own',
    'ssh-keys-only',
    { 'sshd-matches': 'match\nauthenticationmethods publickey,password\npasswordauthentication yes\nfiles 2\n' },
  ],
  ['limits in a Match block', 'ssh-limits', matches('maxauthtries 3', 'loglevel VERBOSE')],
  ['a Match block that forbids', 'ssh-limits', matches('x11forwarding no', 'permitrootlogin yes')],
  [
    'a Match block without passwords',
    'ssh-keys-only',
    matches('authenticationmethods password', 'passwordauthentication no'),
  ],
  ['twice a day', 'updates', swapped('apt-periodic', 'Unattended-Upgrade "1"', 'Unattended-Upgrade "12h"')],
  ['always', 'updates', swapped('apt-periodic', 'Update-Package-Lists "1"', 'Update-Package-Lists "always"')],
  ['an archive in short', 'updates', swapped('apt-upgrade', /Origins-Pattern:: .*/, ORIGINS('bookworm'))],
  [
    'an archive that is filled in',
    'updates',
    // What stands in the file.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of apt
    swapped('apt-upgrade', /Origins-Pattern:: .*/, 'Allowed-Origins:: "${distro_id}:${distro_codename}-security";'),
  ],
  ['the archive of the stable version', 'updates', swapped('apt-upgrade', 'codename=bookworm', 'archive=stable')],
  [
    'a program that can wait',
    'updates',
    swapped('apt-upgrade', /Blacklist .*/, 'Blacklist:: "vim";\nheld postgresql-15'),
  ],
  ['every port', 'fail2ban', swapped('fail2ban', 'multiport 22', 'multiport 0:65535')],
  ['every port by its kind', 'fail2ban', swapped('fail2ban', 'multiport 22', 'allports 23')],
  ['a port by its name', 'fail2ban', swapped('fail2ban', 'multiport 22', 'multiport http,ssh')],
  ['an action that does not say', 'fail2ban', swapped('fail2ban', 'shuts nftables multiport 22\n', '')],
  [
    'logins of a newer sshd',
    'fail2ban',
    swapped('fail2ban', 'sshd-session written= found=', 'sshd-session written=yes found=yes'),
  ],
  ['banned for ever', 'fail2ban', swapped('fail2ban', 'bantime 3600', 'bantime -1')],
  ['a secret of a service', 'file-modes', swapped('files', 'f|400|10001|', 'f|400|42|')],
  ['records that tell nothing', 'auditd', added('audit-rules', '-a always,exclude -F msgtype=CWD')],
  ['a folder above, on the same disk', 'auditd', auditing('-w /etc -p rwxa')],
  ['every act', 'auditd', auditing('-a always,exit -S all -F dir=/etc/kinkeeper -F key=kinkeeper')],
  ['file systems of the kernel', 'auditd', added('audit-rules', '-a never,filesystem -F fstype=tracefs')],
  ['a program that is not recorded', 'auditd', added('audit-rules', '-a never,exit -F exe=/usr/bin/noise')],
  ['a volume of Docker', 'container-mounts', mounted('/var/lib/docker/volumes/x/_data', { type: 'volume' })],
  [
    'a volume that is a folder of the household',
    'container-mounts',
    {
      ...one(mount('/var/lib/docker/volumes/x/_data', { type: 'volume' })),
      volumes: '{"mountpoint":"/var/lib/docker/volumes/x/_data","device":"/srv/kinkeeper/x"}\nend\n',
      'mount-sources': sources('/var/lib/docker/volumes/x/_data', '/srv/kinkeeper/x'),
    },
  ],
  ['the spool', 'container-mounts', mounted('/var/lib/kinkeeper-spool')],
  ['the time zone as a link', 'container-mounts', led('/etc/localtime', '/usr/share/zoneinfo/Europe/Berlin')],
  [
    'data that lie elsewhere, by a link',
    'container-mounts',
    {
      'mount-sources': ['', '/state', '/config']
        .map((part) => `directory\t/srv/kinkeeper${part}\t/mnt/kin${part}`)
        .concat(sources().split('\n').slice(3))
        .join('\n'),
    },
  ],
  ['one that never ran', 'docker-confinement', one({ running: false, appArmor: '' })],
  ['calls of its own choice', 'docker-confinement', one({ security: ['seccomp={"defaultAction":"SCMP_ACT_ERRNO"}'] })],
  ['a time zone', 'container-mounts', mounted('/etc/localtime', { rw: false })],
  ['rules by hand, with a verdict map', 'firewall', { nft: recorded('nft-by-hand') }],
  ['rules by hand, with a verdict map', 'firewall-ports', { nft: recorded('nft-by-hand') }],
  [
    'a lockdown in front of everything',
    'firewall',
    nft({
      chain: {
        family: 'inet',
        table: 'kinkeeper_closed',
        name: 'input',
        type: 'filter',
        hook: 'input',
        policy: 'drop',
      },
    }),
  ],
  [
    'passwords only behind a key',
    'ssh-keys-only',
    users('authenticationmethods publickey,password', 'passwordauthentication yes'),
  ],
  [
    'a log of logins that is written',
    'fail2ban',
    { fail2ban: `${JAIL}File list:\t/var/log/auth.log\nlog /var/log/auth.log ${READ_AT / 1000 - 60} 4000\n` },
  ],
  ['WireGuard alone', 'vpn', { tailscale: '' }],
  ['Tailscale alone', 'vpn', { wireguard: '' }],
  ['no swap', 'swap', { swaps: 'Filename\tType\n' }],
  ['swap in the encrypted volume', 'swap', { swaps: 'Filename\tType\n/srv/kinkeeper/swap file 1 0 -2\n' }],
  ['swap on dm-crypt by number', 'swap', { swaps: 'Filename\tType\n/dev/dm-0 partition 1 0 -2\n' }],
  ['no IPv6', 'kernel', { sysctl: GOOD.sysctl.replace(/(net\.ipv6[^=]*)=0/g, '$1=') }],
  ['127.0.0.1 of a new Docker', 'docker-ports', one({ ports: port('127.0.0.1', '8008') })],
  ['the log of the journal', 'container-logs', one({ log: 'journald', logSize: '' })],
  [
    'nginx, which becomes another',
    'container-users',
    { containers: nginx({ user: '', capAdd: ['SETUID', 'CAP_SETGID'] }) },
  ],
  ['what fetches models once', 'container-health', one({ service: 'fetch-models', running: false, restart: 'no' })],
  ['an image of this place', 'container-images', one({ image: 'kinkeeper:local' })],
  ['the spool of the host helper', 'container-data', mounted('/var/lib/kinkeeper-spool/requests')],
];

/** What nobody can tell by what was read. */
export const UNCLEAR: readonly (readonly [string, CheckId, Changed])[] = [
  [
    'a volume that cryptsetup does not know',
    'volume-encryption',
    { crypts: 'name other\n/dev/mapper/other is active.\n  type:    LUKS2\n' },
  ],
  ['a volume that is not open', 'volume-encryption', swapped('crypts', 'is active and is in use', 'is inactive')],
  ['a volume of plain dm-crypt', 'volume-encryption', swapped('crypts', 'LUKS2', 'PLAIN')],
  ['a service that is not told of', 'updates', swapped('apt-timers', 'apt-daily.service', 'other.service')],
  ['a pattern that is none', 'updates', swapped('apt-upgrade', /Blacklist .*/, 'Blacklist:: "(";')],
  ['a system without a name', 'updates', { os: 'VERSION_ID="12"\n' }],
  ['settings of apt that end early', 'updates', swapped('apt-upgrade', 'end\n', '')],
  ['an Include in a Match block', 'ssh-keys-only', matches('include /etc/ssh/x')],
  ['a setting of no block', 'ssh-no-root', { 'sshd-matches': 'permitrootlogin yes\nfiles 2\n' }],
  ['Match blocks of no file', 'ssh-no-root', { 'sshd-matches': '' }],
  ['a journal without sshd', 'fail2ban', swapped('fail2ban', 'sshd written=yes found=yes', 'sshd written= found=')],
  ['a journal that nobody asked', 'fail2ban', swapped('fail2ban', /heard .*\n/g, '')],
  ['a jail that does not say', 'fail2ban', swapped('fail2ban', 'maxretry 5\n', '')],
  ['a cipher that hides nothing', 'volume-encryption', swapped('crypts', 'aes-xts-plain64', 'cipher_null-ecb')],
  ['places that are none', 'volume-encryption', { places: 'x\n' }],
  ['no interfaces', 'kernel', swapped('sysctl', /^ipv. .*\n?/gm, '')],
  ['a timer that is not told of', 'updates', swapped('apt-timers', 'apt-daily.timer', 'other.timer')],
  ['a device that is no block device', 'volume-encryption', swapped('mounts', '/dev/mapper/kinkeeper', 'tank/data')],
  ['mounts that were not looked at', 'container-mounts', one(mount('/srv/kinkeeper/x'))],
  ['mounts of which not all were looked at', 'container-mounts', swapped('mount-sources', 'end\n', '')],
  ['ports by name', 'firewall-ports', rule(dport('ssh'), ACCEPT)],
  ['a socket of another kind', 'listening', added('sockets', 'raw UNCONN 0 0 127.0.0.1:1 0.0.0.0:*')],
  ['a socket without a port', 'listening', added('sockets', 'tcp LISTEN 0 9 127.0.0.1 0.0.0.0:*')],
];
