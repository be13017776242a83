import type { MeasureProof } from '../measure-proof.ts';
import { openPorts, PORTS, SERVICES } from '../outside-looks.ts';

const ALLOWED = [22, 80, 443];

export const firewall: MeasureProof = {
  name: 'firewall',
  guarded: true,
  prepare: SERVICES,
  effective:
    'nft -s list ruleset; systemctl is-enabled kinkeeper-firewall.service 2>&1; systemctl is-active kinkeeper-firewall.service; true',
  breaks: {
    'all rules are flushed': 'nft list table inet dockerlike >/root/d; nft flush ruleset; nft -f /root/d',
    'a rule more': 'nft insert rule inet kinkeeper input tcp dport 6333 accept',
    'the policy accepts': "nft 'chain inet kinkeeper forward { policy accept; }'",
    'it is not loaded at the next start': 'systemctl -q disable kinkeeper-firewall.service',
  },
  look: async (machine, isApplied) => {
    const wrong: string[] = [];
    for (const version of [4, 6] as const) {
      const open = await openPorts(machine, version);
      const wanted = isApplied ? ALLOWED : PORTS;
      if (JSON.stringify(open) !== JSON.stringify(wanted)) wrong.push(`open over IPv${version}: ${open}`);
    }
    return wrong;
  },
};
