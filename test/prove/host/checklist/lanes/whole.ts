import { type Lane, scene } from '../scenario.ts';

/** A disk that is a file, under the name that it got. */
const DISK = 'fallocate -l 40M /disk.img; losetup -f --show /disk.img >/root/disk';
const NO_DISK = 'losetup -d "$(cat /root/disk)"; rm /disk.img';

const SWAP: Lane = [
  scene('swap', 'a file on a plain disk', 'swapon /swapfile', 'swapoff /swapfile'),
  scene(
    'swap',
    'a plain disk',
    `${DISK}; mkswap -q "$(cat /root/disk)"; swapon "$(cat /root/disk)"`,
    `swapoff "$(cat /root/disk)"; ${NO_DISK}`,
  ),
  {
    ...scene(
      'swap',
      'a sealed disk with a key that nobody knows',
      `${DISK}; cryptsetup open --type plain -c aes-xts-plain64 -s 256 -d /dev/urandom "$(cat /root/disk)" sealed; mkswap -q /dev/mapper/sealed; swapon /dev/mapper/sealed`,
      `swapoff /dev/mapper/sealed; cryptsetup close sealed; ${NO_DISK}`,
    ),
    wanted: 'pass',
  },
];

const LOAD = 'augenrules --load >/dev/null 2>&1';
const AUDIT: Lane = [
  scene('auditd', 'no rules', 'auditctl -D >/dev/null', LOAD),
  scene('auditd', 'nothing is recorded', 'auditctl -e 0 >/dev/null', 'auditctl -e 1 >/dev/null'),
  scene(
    'auditd',
    'told not to',
    'auditctl -A exit,never -F dir=/srv/kinkeeper/secrets',
    `auditctl -D >/dev/null; ${LOAD}`,
  ),
  scene('auditd', 'nobody is recorded at all', 'auditctl -a task,never', `auditctl -D >/dev/null; ${LOAD}`),
  scene('auditd', 'nobody writes it down', 'systemctl kill -s TERM auditd; sleep 3', `systemctl start auditd; ${LOAD}`),
];

const TIME: Lane = [
  scene(
    'time',
    'nobody keeps a clock that is right so far',
    'systemctl stop systemd-timesyncd',
    'systemctl start systemd-timesyncd',
  ),
  scene('time', 'the time is set by hand', 'timedatectl set-ntp false', 'timedatectl set-ntp true; sleep 2'),
];

const value = (name: string, key: string, bad: string, good: string) =>
  scene('kernel', name, `sysctl -q -w ${key}=${bad}`, `sysctl -q -w ${key}=${good}`);
const KERNEL: Lane = [
  value('everybody reads the kernel’s log', 'kernel.dmesg_restrict', '0', '1'),
  value('one interface takes redirects', 'net.ipv4.conf.eth1.accept_redirects', '1', '0'),
  value('one interface takes redirects by IPv6', 'net.ipv6.conf.eth1.accept_redirects', '1', '0'),
  value('memory of programs with rights is written down', 'fs.suid_dumpable', '2', '0'),
];

/** Only where the kernel has WireGuard. */
export const VPN: Lane = [
  scene('vpn', 'it is down, and its settings are there', 'ip link set wg0 down', 'systemctl restart wg-quick@wg0'),
  scene(
    'vpn',
    'no devices',
    'for peer in $(wg show wg0 peers); do wg set wg0 peer "$peer" remove; done',
    'systemctl restart wg-quick@wg0',
  ),
  scene('vpn', 'it is stopped', 'systemctl stop wg-quick@wg0', 'systemctl start wg-quick@wg0'),
];

const VOLUME: Lane = [
  scene(
    'volume-encryption',
    'a plain folder in it',
    'mkdir -p /plain /srv/kinkeeper/postgres; mount --bind /plain /srv/kinkeeper/postgres',
    'umount /srv/kinkeeper/postgres',
  ),
  scene(
    'volume-encryption',
    'a link out of it',
    'mkdir -p /plain; ln -s /plain /srv/kinkeeper/qdrant',
    'rm /srv/kinkeeper/qdrant',
  ),
  scene(
    'volume-encryption',
    'the stores elsewhere',
    'mkdir -p /plain; mount --bind /plain /srv/kinkeeper/state',
    'umount /srv/kinkeeper/state',
  ),
];

/** Without the data no rule of auditd about them can be loaded: these come after all that load some. */
const DATA_AWAY: Lane = [
  {
    ...scene(
      'volume-encryption',
      'nobody has unlocked it',
      'umount /srv/kinkeeper; cryptsetup close kinkeeper-data',
      'KINKEEPER_LUKS_PASSPHRASE_FILE=/root/passphrase /usr/lib/kinkeeper-host/kinkeeper-harden /etc/kinkeeper/kinkeeper-host.conf unlock',
    ),
    fix: ' unlock',
    also: ['auditd'],
  },
  scene(
    'volume-encryption',
    'a plain folder over it',
    'mkdir -p /plain; mount --bind /plain /srv/kinkeeper',
    'umount /srv/kinkeeper',
  ),
];

/** What only a machine with a kernel of its own has. */
export const WHOLE: readonly Lane[] = [SWAP, [...AUDIT, ...DATA_AWAY], TIME, KERNEL, VOLUME];
