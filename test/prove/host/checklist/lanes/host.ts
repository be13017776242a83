import type { CheckId } from '../../../../../core/posture.ts';
import { type Lane, scene } from '../scenario.ts';

const ANSWERS = 'for i in $(seq 60); do fail2ban-client status sshd >/dev/null 2>&1 && break; sleep 1; done';
const RESTART = `systemctl restart fail2ban; ${ANSWERS}`;
const jail = (name: string, act: string, back?: string) =>
  scene(
    'fail2ban',
    name,
    `fail2ban-client ${act} >/dev/null`,
    back === undefined ? RESTART : `fail2ban-client ${back} >/dev/null`,
  );

export const FAIL2BAN: Lane = [
  scene('fail2ban', 'it does not run', 'systemctl stop fail2ban', RESTART),
  jail('the jail is stopped', 'stop sshd'),
  jail('nobody is ever banned', 'set sshd maxretry 10000', 'set sshd maxretry 5'),
  jail('tries are counted for a second', 'set sshd findtime 1', 'set sshd findtime 600'),
  jail('banned for a second', 'set sshd bantime 1', 'set sshd bantime 3600'),
  jail('nobody is meant', 'set sshd addignoreip 0.0.0.0/0', 'set sshd delignoreip 0.0.0.0/0'),
  jail('it does nothing with whom it bans', 'set sshd delaction nftables'),
  // Debian 13 names the journal in a jail of its own as well; that of the last file counts.
  scene(
    'fail2ban',
    'it reads the journal of something else',
    `cp -p /etc/fail2ban/jail.d/kinkeeper.local /root/jail; sed -i '/^filter = sshd/{s/journalmatch="[^"]*"/journalmatch="_SYSTEMD_UNIT=cron.service"/;a journalmatch = _SYSTEMD_UNIT=cron.service
}' /etc/fail2ban/jail.d/kinkeeper.local; ${RESTART}`,
    `cp -p /root/jail /etc/fail2ban/jail.d/kinkeeper.local; ${RESTART}`,
  ),
  scene(
    'fail2ban',
    'it reads a file that nothing writes',
    `cp -p /etc/fail2ban/jail.d/kinkeeper.local /root/jail; : >/var/log/auth.log; sed -i '/^\\[sshd\\]/,/^port/{s/^backend = systemd/backend = polling\\nlogpath = \\/var\\/log\\/auth.log/;s/^filter = .*/filter = sshd/}' /etc/fail2ban/jail.d/kinkeeper.local; ${RESTART}`,
    `cp -p /root/jail /etc/fail2ban/jail.d/kinkeeper.local; rm /var/log/auth.log; ${RESTART}`,
  ),
];

const Z = '/etc/apt/apt.conf.d/zzz-last';
const apt = (name: string, text: string) => scene('updates', name, `printf '%s\\n' '${text}' >${Z}`, `rm ${Z}`);

export const UPDATES: Lane = [
  apt('turned off in a file that is read later', 'APT::Periodic::Unattended-Upgrade "0";'),
  apt('once a month', 'APT::Periodic::Unattended-Upgrade "30";'),
  apt('on Sundays alone', 'Unattended-Upgrade::Update-Days { "Sunday"; };'),
  apt('a program that matters left out', 'Unattended-Upgrade::Package-Blacklist { "openssh"; };'),
  apt(
    'an archive of another version',
    '#clear Unattended-Upgrade::Origins-Pattern; #clear Unattended-Upgrade::Allowed-Origins; Unattended-Upgrade::Origins-Pattern { "origin=Debian,codename=buster-security"; };',
  ),
  apt('all of it off', 'APT::Periodic::Enable "0";'),
  apt(
    'no archive of security',
    '#clear Unattended-Upgrade::Origins-Pattern; #clear Unattended-Upgrade::Allowed-Origins;',
  ),
  apt('every package left out', 'Unattended-Upgrade::Package-Blacklist { ".*"; };'),
  scene(
    'updates',
    'the timer is masked',
    'systemctl -q mask --now apt-daily-upgrade.timer',
    'systemctl -q unmask apt-daily-upgrade.timer; systemctl start apt-daily-upgrade.timer',
  ),
  scene('updates', 'the timer is stopped', 'systemctl stop apt-daily.timer', 'systemctl start apt-daily.timer'),
  scene(
    'updates',
    'what the timer starts is masked',
    'systemctl -q mask apt-daily-upgrade.service',
    'systemctl -q unmask apt-daily-upgrade.service',
  ),
  scene(
    'updates',
    'the program is gone',
    'mv /usr/bin/unattended-upgrade /root/',
    'mv /root/unattended-upgrade /usr/bin/',
  ),
  scene(
    'updates',
    'it ran long ago',
    "touch -d '-5 days' /var/lib/apt/periodic/upgrade-stamp",
    'touch /var/lib/apt/periodic/upgrade-stamp',
  ),
];

const mode = (id: CheckId, name: string, path: string, mode: string, was: string) =>
  scene(id, name, `chmod ${mode} ${path}`, `chmod ${was} ${path}`);
const owner = (id: CheckId, name: string, path: string, uid: string, was: string) =>
  scene(id, name, `chown -h ${uid} ${path}`, `chown -h ${was} ${path}`);
const SECRET = '/srv/kinkeeper/secrets/bot-password';

export const FILES: Lane = [
  mode('file-modes', 'a secret for everybody', SECRET, '644', '600'),
  mode('file-modes', 'a secret for a group', SECRET, '640', '600'),
  scene(
    'file-modes',
    'a secret for one account more',
    `mv ${SECRET} /root/s; ln -s /root/s ${SECRET}`,
    `rm ${SECRET}; mv /root/s ${SECRET}`,
  ),
  owner('file-modes', 'a secret of somebody who logs in', SECRET, 'ada', '10001'),
  mode('file-modes', 'the folder of secrets is everybody’s to write', '/srv/kinkeeper/secrets', '777', '711'),
  mode('file-modes', 'settings of Compose for everybody', '/opt/kinkeeper/.env', '644', '600'),
  owner('file-modes', 'settings of another account', '/srv/kinkeeper/config', '10001', '0'),
  mode('file-modes', 'a key of the web for everybody', '/srv/kinkeeper/tls/privkey.pem', '644', '600'),
  mode('file-modes', 'passwords of the system for everybody', '/etc/shadow', '644', '640'),
  mode('file-modes', 'a key of sshd for a group', '/etc/ssh/ssh_host_ed25519_key', '640', '600'),
  mode('file-modes', 'the stores are everybody’s to write', '/srv/kinkeeper/state', '777', '700'),
];

export const HELPER: Lane = [
  mode('helper', 'a part of the helper is a group’s to write', '/usr/lib/kinkeeper-host/probes.sh', '664', '644'),
  owner('helper', 'a measure is somebody’s', '/usr/lib/kinkeeper-host/measures/ssh.sh', '1000', '0'),
  mode('helper', 'its folder is everybody’s to write', '/usr/lib/kinkeeper-host', '777', '755'),
  mode('helper', 'its unit is everybody’s to write', '/etc/systemd/system/kinkeeper-host.service', '666', '644'),
];

export const ACCOUNTS: Lane = [
  scene(
    'accounts',
    'a second root',
    'useradd -o -u 0 -M toor',
    'userdel -f toor 2>/dev/null || sed -i /^toor:/d /etc/passwd /etc/shadow /etc/group; ! getent passwd toor',
  ),
  scene('accounts', 'an account without a password', 'useradd -M guest; passwd -q -d guest', 'userdel guest'),
  scene(
    'accounts',
    'an account without a password, by the file that all read',
    'useradd -M visitor; sed -i s/^visitor:x:/visitor::/ /etc/passwd',
    'userdel visitor',
  ),
];

export const VPN_KEYS: Lane = [
  mode('vpn-keys', 'a key for everybody', '/etc/wireguard/wg0.conf', '644', '600'),
  owner('vpn-keys', 'a key of somebody', '/etc/wireguard/wg0.conf', '1000', '0'),
  scene(
    'vpn-keys',
    'Tailscale’s for everybody',
    'mkdir -m 700 /var/lib/tailscale; echo key >/var/lib/tailscale/tailscaled.state; chmod 644 /var/lib/tailscale/tailscaled.state',
    'rm -r /var/lib/tailscale',
  ),
];

export const REBOOT: Lane = [
  scene(
    'reboot',
    'a new kernel was installed',
    '/etc/kernel/postinst.d/unattended-upgrades; [ -e /run/reboot-required ]',
    'rm -f /run/reboot-required*',
  ),
];
