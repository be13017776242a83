import { readFileSync } from 'node:fs';
import type { Posture } from '../../../ops/posture/posture-shape.ts';
import type { ProbeName } from '../../../ops/posture/probe-names.ts';

/** When the host of the tests was read. */
export const READ_AT = Date.parse('2026-11-30T12:00:00Z');

/** A text as a real program said it, kept in test/fixtures/posture. */
export function recorded(name: string): string {
  return readFileSync(new URL(`../../fixtures/posture/${name}.txt`, import.meta.url), 'utf8');
}

const seconds = READ_AT / 1000;
const sshd = recorded('sshd-guarded');
const perPerson = [
  ...['passwordauthentication', 'kbdinteractiveauthentication', 'permitrootlogin', 'permitemptypasswords'],
  ...['hostbasedauthentication', 'gssapiauthentication', 'authenticationmethods'],
];

/** What `sshd -T -C` said of each person, in the form of the helper. */
export function perUser(said: string, users = ['root', 'ada']): string {
  const lines = said.split('\n').filter((line) => perPerson.includes(line.split(' ')[0]!));
  return users
    .flatMap((user) => ['203.0.113.9', '2001:db8::9'].map((from) => [`user ${user} from ${from}`, ...lines].join('\n')))
    .join('\n');
}

/** One container as the compose file wants it. */
export function container(more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    name: '/kinkeeper-bot-1',
    service: 'bot',
    running: true,
    health: 'healthy',
    image: `registry.example/kinkeeper@sha256:${'a'.repeat(64)}`,
    user: '10001:10001',
    appArmor: 'docker-default',
    privileged: false,
    capAdd: null,
    capDrop: ['ALL'],
    readOnly: true,
    security: ['no-new-privileges:true'],
    network: 'kinkeeper_inside',
    pid: '',
    ipc: 'private',
    uts: '',
    userns: '',
    memory: 1_073_741_824,
    pids: 256,
    restart: 'unless-stopped',
    devices: null,
    log: 'json-file',
    logSize: '10m',
    ports: {},
    bindings: {},
    mounts: [
      { type: 'bind', source: '/srv/kinkeeper/state', to: '/state', rw: true, propagation: 'rprivate' },
      { type: 'bind', source: '/srv/kinkeeper/config', to: '/config', rw: false, propagation: 'rprivate' },
    ],
    ...more,
  });
}

const WEB = { '443/tcp': [{ HostIp: '0.0.0.0', HostPort: '443' }], '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '80' }] };

/** The web server of the compose file. */
export function nginx(more: Readonly<Record<string, unknown>> = {}): string {
  const own = { name: '/kinkeeper-nginx-1', service: 'nginx', user: '101', capAdd: ['NET_BIND_SERVICE'] };
  return container({ ...own, ports: { ...WEB, '8080/tcp': null }, bindings: WEB, mounts: [], ...more });
}

/** What folders that containers are given are, beside those of the good host: each a folder, or `kind TAB path TAB real`. */
export function sources(...more: string[]): string {
  const own = ['/srv/kinkeeper', '/srv/kinkeeper/state', '/srv/kinkeeper/config', '/var/lib/kinkeeper-spool'];
  const rows = [...own, ...more].map((path) => (path.includes('\t') ? path : `directory\t${path}\t${path}`));
  return `${rows.join('\n')}\nend\n`;
}

/** What every probe says on a host that is as it should be. */
export const GOOD: Readonly<Record<ProbeName, string>> = {
  settings:
    'deployment=compose\ndata_dir=/srv/kinkeeper\nstate_dir=/srv/kinkeeper/state\ncompose_env=/opt/kinkeeper/.env\nconfig=/etc/kinkeeper/kinkeeper-host.conf\nvpn_interfaces=wg0 tailscale0\nvpn_ports=51820\nssh_port=22\n',
  os: 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
  kernel: 'running=6.1.0-41-amd64\ninstalled=vmlinuz-6.1.0-41-amd64\n',
  sshd,
  'sshd-users': perUser(sshd),
  'sshd-matches': 'outside authenticationmethods publickey\nmatch\npasswordauthentication no\nfiles 3\n',
  'sshd-read': `runs=/usr/sbin/sshd -D \nread=${seconds - 600}\nchanged=${seconds - 7000}.1234567890\nchanged=${seconds - 9000}.5\n`,
  nft: recorded('nft-measure'),
  iptables: recorded('iptables-none'),
  ip6tables: recorded('iptables-none'),
  routes:
    '{"four":[{"dst":"default","gateway":"192.0.2.1","dev":"eth0","flags":[]}],"six":[],"own":[{"ifname":"lo","addr_info":[{"local":"127.0.0.1"}]},{"ifname":"eth0","addr_info":[{"local":"192.0.2.7"}]},{"ifname":"wg0","flags":["POINTOPOINT","UP"],"addr_info":[{"local":"10.8.0.1"}]}]}',
  sockets: [
    'udp   UNCONN 0      0            0.0.0.0:51820      0.0.0.0:*',
    'udp   UNCONN 0      0         127.0.0.54:53         0.0.0.0:*    users:(("systemd-resolve",pid=300,fd=18))',
    'tcp   LISTEN 0      128          0.0.0.0:22         0.0.0.0:*    users:(("sshd",pid=700,fd=3))',
    'tcp   LISTEN 0      4096         0.0.0.0:443        0.0.0.0:*    users:(("docker-proxy",pid=900,fd=4))',
    'tcp   LISTEN 0      128             [::]:22            [::]:*    users:(("sshd",pid=700,fd=4))',
    'tcp   LISTEN 0      128         10.8.0.1:9100       0.0.0.0:*    users:(("node",pid=950,fd=4))',
  ].join('\n'),
  wireguard: `port wg0 51820\npeer wg0 ${seconds - 120}\npeer wg0 0\n`,
  tailscale: '"BackendState": "Running"\nfunnels=0\nstate=/var/lib/tailscale/tailscaled.state\n',
  'vpn-files': 'f|600|0|/etc/wireguard/wg0.conf\nf|600|0|/var/lib/tailscale/tailscaled.state\nend\n',
  fail2ban:
    'jail sshd\nJournal matches:\t_SYSTEMD_UNIT=sshd.service + _COMM=sshd\nCurrently banned:\t2\nmaxretry 5\nfindtime 600\nbantime 3600\nactions nftables\nshuts nftables multiport 22\nheard sshd written=yes found=yes\nheard sshd-session written= found=\nignores /8 v4\njail kinkeeper-nginx\nJournal matches:\tSYSLOG_IDENTIFIER=kinkeeper-nginx\nCurrently banned:\t0\n',
  'apt-periodic':
    'APT::Periodic "";\nAPT::Periodic::Enable "1";\nAPT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
  'apt-upgrade':
    'program\nUnattended-Upgrade::Origins-Pattern:: "origin=Debian,codename=bookworm-security,label=Debian-Security";\nUnattended-Upgrade::Package-Blacklist "";\nend\n',
  'apt-timers':
    'apt-daily.service enabled=static\napt-daily-upgrade.service enabled=static\napt-daily.timer enabled=enabled active=active\napt-daily-upgrade.timer enabled=enabled active=active\n',
  'apt-stamps': `update-stamp ${seconds - 30_000}.0000000000\nupgrade-stamp ${seconds - 20_000}.0000000000\n`,
  reboot: 'false\n',
  places: '/srv/kinkeeper\n/srv/kinkeeper/secrets\n/srv/kinkeeper/state\n',
  mounts: JSON.stringify({
    filesystems: [
      { target: '/', source: '/dev/vda1', fstype: 'ext4', 'maj:min': '254:1' },
      { target: '/srv/kinkeeper', source: '/dev/mapper/kinkeeper', fstype: 'ext4', 'maj:min': '253:0' },
    ],
  }),
  blocks: JSON.stringify({
    blockdevices: [
      { name: 'vda', kname: 'vda', type: 'disk', children: [{ name: 'vda1', kname: 'vda1', type: 'part' }] },
      { name: 'vdb', kname: 'vdb', type: 'disk', children: [{ name: 'kinkeeper', kname: 'dm-0', type: 'crypt' }] },
    ],
  }),
  crypts:
    'name kinkeeper\n/dev/mapper/kinkeeper is active and is in use.\n  type:    LUKS2\n  cipher:  aes-xts-plain64\n  keysize: 512 bits\n',
  'sealed-data': 'device=\n',
  swaps:
    'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/zram0                              partition\t1000000\t\t0\t\t100\n',
  docker:
    '{"version":"28.2.2","security":["name=apparmor","name=seccomp,profile=builtin","name=cgroupns"],"liveRestore":true}\n',
  containers: `${container()}\n${nginx()}\n`,
  volumes: 'end\n',
  'mount-sources': sources(),
  'container-secrets': '/kinkeeper-bot-1 0\n/kinkeeper-nginx-1 0\n',
  'docker-group': 'docker:x:106:\n',
  'docker-socket': '660|root|docker\n',
  files: [
    'd|755|0|/srv/kinkeeper',
    'd|711|0|/srv/kinkeeper/secrets',
    'f|400|10001|/srv/kinkeeper/secrets/passphrase',
    'd|755|0|/srv/kinkeeper/config',
    'f|644|0|/srv/kinkeeper/config/kinkeeper.yaml',
    'd|755|0|/srv/kinkeeper/tls',
    'f|600|0|/srv/kinkeeper/tls/privkey.pem',
    'f|600|0|/opt/kinkeeper/.env',
    'f|640|0|/etc/shadow',
    'f|600|0|/var/lib/kinkeeper-host/posture.key',
    'f|600|0|/etc/ssh/ssh_host_ed25519_key',
  ].join('\n'),
  'helper-files':
    'd|755|0|/usr/lib/kinkeeper-host\nf|755|0|/usr/lib/kinkeeper-host/kinkeeper-host\nl|777|0|/usr/lib/kinkeeper-host/link\nf|600|0|/etc/kinkeeper/kinkeeper-host.conf\n',
  auditd: 'enabled 1\nfailure 1\npid 512\nrate_limit 0\nbacklog_limit 8192\nlost 0\n',
  'audit-rules':
    '-w /srv/kinkeeper/config -p wa -k kinkeeper\n-w /srv/kinkeeper/secrets -p wa -k kinkeeper\n-w /etc/kinkeeper -p wa -k kinkeeper\n-w /etc/ssh -p wa -k kinkeeper\n-a always,exit -S all -F dir=/srv/kinkeeper/secrets -F perm=r -F auid>=1000 -F auid!=-1 -F key=kinkeeper-secrets\n',
  time: 'synchronised=yes\nkeeper=systemd-timesyncd\n',
  sysctl: [
    ...[
      'kernel.randomize_va_space=2',
      'kernel.kptr_restrict=1',
      'kernel.dmesg_restrict=1',
      'kernel.yama.ptrace_scope=1',
    ],
    ...['fs.protected_symlinks=1', 'fs.protected_hardlinks=1', 'fs.suid_dumpable=0', 'net.ipv4.tcp_syncookies=1'],
    ...['net.ipv4.conf.all.accept_redirects=0', 'net.ipv4.conf.all.send_redirects=0'],
    ...['net.ipv4.conf.all.accept_source_route=0', 'net.ipv6.conf.all.accept_redirects=0'],
    'net.ipv6.conf.all.accept_source_route=0',
    ...['ipv4 eth0 accept_redirects=0', 'ipv4 eth0 send_redirects=0', 'ipv6 eth0 accept_source_route=-1'],
  ].join('\n'),
  passwd:
    'root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/bash\n_apt:x:42:65534::/nonexistent:/usr/sbin/nologin\n',
  'no-passwords': 'read 25\n',
};

/** A posture in which every probe ended well, but for what is changed. */
export function postureOf(changed: Partial<Record<ProbeName, string>> = {}): Posture {
  const texts = Object.entries({ ...GOOD, ...changed });
  return {
    at: READ_AT,
    probes: Object.fromEntries(texts.map(([name, text]) => [name, { code: 0, cut: false, text }])),
  };
}
