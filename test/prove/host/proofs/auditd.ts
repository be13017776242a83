import type { HardenedMachine } from '../hardened-machine.ts';
import type { MeasureProof } from '../measure-proof.ts';

/** Somebody at a shell reads a secret: the record has to name who logged in. */
export async function readsSecret(machine: HardenedMachine): Promise<boolean> {
  await machine.vm.must('cat /srv/kinkeeper/secrets/bot-password >/dev/null');
  const { code } = await machine.vm.root(
    'for i in $(seq 10); do ausearch --input-logs -k kinkeeper-secrets 2>/dev/null | grep -q "comm=.cat" && exit 0; sleep 1; done; exit 1',
  );
  return code === 0;
}

export const auditd: MeasureProof = {
  name: 'auditd',
  kernel: 'own',
  prepare:
    'systemctl -q disable auditd; systemctl kill -s TERM auditd; sleep 2; auditctl -D; rm -f /var/log/audit/audit.log; true',
  effective: 'auditctl -l; systemctl is-enabled auditd; systemctl is-active auditd; true',
  breaks: {
    'all rules are taken out': 'auditctl -D',
    'one rule is taken out': 'auditctl -W /etc/ssh -p wa -k kinkeeper',
    'it records nothing': 'auditctl -e 0',
    'nobody writes it down': 'systemctl kill -s TERM auditd; sleep 2',
  },
  look: async (machine, isApplied) => {
    if (!isApplied) return [];
    return (await readsSecret(machine)) ? [] : ['who reads a secret is not recorded'];
  },
};
