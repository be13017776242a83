/** What the host helper asks of the host (ops/host/helper/probes.sh). A test compares the two lists. */
export const PROBES = [
  ...([
    'settings',
    'os',
    'kernel',
    'sshd',
    'sshd-users',
    'sshd-matches',
    'sshd-read',
    'nft',
    'iptables',
    'ip6tables',
    'routes',
    'sockets',
  ] as const),
  ...(['wireguard', 'tailscale', 'vpn-files', 'fail2ban'] as const),
  ...(['apt-periodic', 'apt-upgrade', 'apt-timers', 'apt-stamps', 'reboot'] as const),
  ...(['places', 'mounts', 'blocks', 'crypts', 'sealed-data', 'swaps'] as const),
  ...([
    'docker',
    'containers',
    'volumes',
    'mount-sources',
    'container-secrets',
    'docker-group',
    'docker-socket',
  ] as const),
  ...(['files', 'helper-files', 'auditd', 'audit-rules', 'time', 'sysctl', 'passwd', 'no-passwords'] as const),
] as const;
export type ProbeName = (typeof PROBES)[number];
