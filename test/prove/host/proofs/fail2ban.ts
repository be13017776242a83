import { OUTSIDE } from '../../../lab/vm/lab-machine.ts';
import type { HardenedMachine } from '../hardened-machine.ts';
import type { MeasureProof } from '../measure-proof.ts';
import { openPorts, SERVICES, sshFromOutside } from '../outside-looks.ts';

const LOG = '/srv/kinkeeper/logs/nginx/refused.log';
const JAIL = '/etc/fail2ban/jail.d/kinkeeper.local';

/** Waits until an address is banned in a jail. */
async function isBanned(machine: HardenedMachine, jail: string, address: string): Promise<boolean> {
  const { code } = await machine.vm.root(
    `for i in $(seq 40); do fail2ban-client get ${jail} banip | grep -qw ${address} && exit 0; sleep 1; done; exit 1`,
  );
  return code === 0;
}

/** What nginx writes when it refused somebody. */
async function refuse(machine: HardenedMachine, words: string, times: number): Promise<void> {
  await machine.vm.must(`for i in $(seq ${times}); do echo "$(date -Iseconds) ${words}" >>${LOG}; done`);
}

export const fail2ban: MeasureProof = {
  name: 'fail2ban',
  settings: { web_ports: '80 443 6334' },
  prepare: `${SERVICES}\nmkdir -p /srv/kinkeeper/logs/nginx; : >>${LOG}`,
  effective: 'systemctl is-enabled fail2ban; fail2ban-client status 2>&1 | grep -v ERROR; nft -s list ruleset; true',
  breaks: {
    'it does not run': 'systemctl stop fail2ban',
    'it reads a file that is not there': `sed -i 's/^backend = systemd/backend = polling/' ${JAIL}; touch /var/log/auth.log; sed -i '/^enabled/a logpath = /var/log/auth.log' ${JAIL}; systemctl restart fail2ban; for i in $(seq 30); do fail2ban-client status sshd && break; sleep 1; done; rm /var/log/auth.log`,
    'bans come behind the rules of Docker': `sed -i 's/chain_hook=prerouting, chain_priority=-150/chain_hook=input/' ${JAIL}; systemctl restart fail2ban; for i in $(seq 30); do fail2ban-client status sshd && break; sleep 1; done`,
    'nobody is ever banned': 'fail2ban-client set sshd maxretry 10000',
  },
  look: async (machine, isApplied) => {
    if (!isApplied) return [];
    const wrong: string[] = [];
    // Somebody who has no key tries, from outside.
    for (let tries = 0; tries < 6; tries++)
      await sshFromOutside(machine, `guess${tries}`, ['PreferredAuthentications=none']);
    if (!(await isBanned(machine, 'sshd', OUTSIDE.v4))) wrong.push('failed logins by SSH are not banned');
    const ssh = await openPorts(machine, 4);
    if (ssh.includes(22)) wrong.push('SSH is open to one who is banned');
    await machine.vm.must(`fail2ban-client set sshd unbanip ${OUTSIDE.v4}`);
    await refuse(machine, '192.0.2.7 refused page 401', 11);
    await refuse(machine, `${OUTSIDE.v4} refused page 200`, 30);
    await refuse(machine, `x ${OUTSIDE.v4} refused login 403`, 30);
    if (!(await isBanned(machine, 'kinkeeper-web', '192.0.2.7'))) wrong.push('failed logins at the web are not banned');
    const open = await openPorts(machine, 4);
    if (!open.includes(6334)) wrong.push('somebody is banned by other lines');
    await refuse(machine, `${OUTSIDE.v4} refused login 403`, 11);
    if (!(await isBanned(machine, 'kinkeeper-login', OUTSIDE.v4))) wrong.push('failed logins at Matrix are not banned');
    const after = await openPorts(machine, 4);
    if (after.some((port) => [80, 443, 6334].includes(port))) wrong.push(`open to one who is banned: ${after}`);
    await machine.vm.must(`fail2ban-client unban --all; : >${LOG}`);
    return wrong;
  },
};
