import { OUTSIDE } from '../../../lab/vm/machine.ts';
import type { HardenedMachine } from '../hardened-machine.ts';
import type { MeasureProof } from '../measure-proof.ts';
import { openPorts, SERVICES, sshFromOutside } from '../outside-looks.ts';

const JAIL = '/etc/fail2ban/jail.d/kinkeeper.local';

/** Waits until an address is banned in a jail. */
async function isBanned(machine: HardenedMachine, jail: string, address: string): Promise<boolean> {
  const { code } = await machine.vm.root(
    `for i in $(seq 40); do fail2ban-client get ${jail} banip | grep -qw ${address} && exit 0; sleep 1; done; exit 1`,
  );
  return code === 0;
}

/** What a container says, by way of the journal. */
async function say(machine: HardenedMachine, tag: string, line: string, times: number): Promise<void> {
  await machine.vm.must(`for i in $(seq ${times}); do logger -t ${tag} '${line}'; done`);
}

export const fail2ban: MeasureProof = {
  name: 'fail2ban',
  settings: { web_ports: '80 443 6334' },
  prepare: SERVICES,
  effective: 'systemctl is-enabled fail2ban; fail2ban-client status 2>&1; nft -s list ruleset; true',
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
    // Names and texts of a stranger ban nobody else.
    await say(
      machine,
      'kinkeeper-nginx',
      '192.0.2.7 - x, client: 10.98.0.3 [d] "GET /10.98.0.3 HTTP/1.1" 401 1 "-" "10.98.0.3"',
      11,
    );
    await say(
      machine,
      'kinkeeper-nginx',
      `${OUTSIDE.v4} - - [30/Nov/2026:12:00:00 +0000] "GET /_matrix/client/v3/sync HTTP/1.1" 401 90 "-" "Element"`,
      30,
    );
    if (!(await isBanned(machine, 'kinkeeper-nginx', '192.0.2.7')))
      wrong.push('failed logins at the web are not banned');
    const open = await openPorts(machine, 4);
    if (!open.includes(6334)) wrong.push('a session that has ended at Matrix is banned');
    await say(
      machine,
      'kinkeeper-synapse',
      `2026-11-30 12:00:00,000 - synapse.access.http.8008 - 460 - INFO - POST-12 - ${OUTSIDE.v4} - 8008 - {None} Processed request: 0.012sec/0.001sec (0.001sec, 0.000sec) (0.000sec/0.002sec/2) 65B 403 "POST /_matrix/client/v3/login HTTP/1.1" "x" [0 dbevts]`,
      11,
    );
    if (!(await isBanned(machine, 'kinkeeper-synapse', OUTSIDE.v4)))
      wrong.push('failed logins at Matrix are not banned');
    const after = await openPorts(machine, 4);
    if (after.some((port) => [80, 443, 6334].includes(port))) wrong.push(`open to one who is banned: ${after}`);
    if (
      (
        await machine.vm.must('for j in sshd kinkeeper-nginx kinkeeper-synapse; do fail2ban-client get $j banip; done')
      ).includes('10.98.0.3')
    )
      wrong.push('somebody was banned by the words of another');
    await machine.vm.must('fail2ban-client unban --all');
    return wrong;
  },
};
