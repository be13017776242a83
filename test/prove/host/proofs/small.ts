import type { MeasureProof } from '../measure-proof.ts';

const TIMERS =
  'systemctl is-enabled apt-daily.timer apt-daily-upgrade.timer; systemctl is-active apt-daily.timer apt-daily-upgrade.timer';

export const updates: MeasureProof = {
  name: 'updates',
  prepare: 'systemctl -q disable --now apt-daily-upgrade.timer',
  effective: `apt-config dump; ${TIMERS}; true`,
  breaks: {
    'somebody turns them off in a file that is read later': `printf 'APT::Periodic::Unattended-Upgrade "0";\\n' >>/etc/apt/apt.conf.d/zz-kinkeeper-updates`,
    'the timer is masked': 'systemctl -q mask --now apt-daily-upgrade.timer',
    'no restart': `sed -i '/Automatic-Reboot "/s/true/false/' /etc/apt/apt.conf.d/zz-kinkeeper-updates`,
  },
};

export const sysctl: MeasureProof = {
  name: 'sysctl',
  kernel: 'own',
  prepare: 'sysctl -q -w kernel.dmesg_restrict=0 net.ipv4.conf.eth1.accept_redirects=1',
  effective:
    "sysctl -a 2>/dev/null | grep -E '^(kernel.(kptr|dmesg|random.*va|yama|unpriv)|net.core.bpf_jit_h|fs.(prot|suid)|net.ipv[46].conf|net.ipv4.(tcp_syncookies|icmp_echo_ig))' | grep -v stable_secret",
  breaks: {
    'one interface takes redirects': 'sysctl -q -w net.ipv4.conf.eth1.accept_redirects=1',
    'over IPv6 too': 'sysctl -q -w net.ipv6.conf.eth1.accept_redirects=1',
    'links are not guarded': 'sysctl -q -w fs.protected_symlinks=0',
    'gone after the next start': 'rm /etc/sysctl.d/zz-kinkeeper.conf',
  },
};

export const time: MeasureProof = {
  name: 'time',
  kernel: 'own',
  prepare: 'systemctl -q disable --now systemd-timesyncd',
  effective: 'systemctl is-enabled systemd-timesyncd; systemctl is-active systemd-timesyncd; true',
  settle:
    'for i in $(seq 120); do [ "$(timedatectl show -p NTPSynchronized --value)" = yes ] && exit 0; sleep 1; done; exit 1',
  breaks: {
    'nobody sets the clock': 'systemctl stop systemd-timesyncd',
    'nor after the next start': 'systemctl -q disable systemd-timesyncd',
  },
};

export const modes: MeasureProof = {
  name: 'modes',
  effective: 'true',
  breaks: {
    'a secret for everybody': 'chmod 644 /srv/kinkeeper/secrets/bot-password',
    'settings that others can change': 'chmod 666 /opt/kinkeeper/.env',
    'a folder of an account where root’s should be': 'chown 10001 /srv/kinkeeper/config',
  },
};

export const swap: MeasureProof = {
  name: 'swap',
  kernel: 'own',
  prepare:
    '[ -e /swapfile ] || { fallocate -l 64M /swapfile; chmod 600 /swapfile; mkswap -q /swapfile; swapon /swapfile; printf "/swapfile none swap sw 0 0\\n" >>/etc/fstab; }',
  effective: "awk '{ print $1 }' /proc/swaps; cat /etc/fstab",
  breaks: {
    'swapped in by hand': 'swapon /swapfile',
    'again after the next start': 'sed -i "s/^# kinkeeper-harden (measure swap): //" /etc/fstab',
  },
};
