import type { MeasureProof } from '../measure-proof.ts';
import { sshFromOutside } from '../outside-looks.ts';

const RELOAD = 'systemctl reload ssh; sleep 2';
const D = '/etc/ssh/sshd_config.d';

export const ssh: MeasureProof = {
  name: 'ssh',
  guarded: true,
  effective:
    'sshd -T | sort; ssh -F none -o BatchMode=yes -o PreferredAuthentications=none -o StrictHostKeyChecking=no kinkeeper-look@127.0.0.1 true 2>&1 | grep -o "Permission denied.*"; true',
  breaks: {
    'a drop-in that is read earlier': [
      `printf 'PasswordAuthentication yes\\n' >${D}/00-a.conf; ${RELOAD}`,
      `rm ${D}/00-a.conf; ${RELOAD}`,
    ],
    'a Match block for some addresses': [
      `printf 'Match Address 198.51.100.0/24\\n  PermitRootLogin yes\\n' >${D}/60-match.conf; ${RELOAD}`,
      `rm ${D}/60-match.conf; ${RELOAD}`,
    ],
    'ours was changed': `sed -i 's/^passwordauthentication no/passwordauthentication yes/' ${D}/00-kinkeeper.conf; ${RELOAD}`,
    'an older cipher': `sed -i 's/^ciphers /ciphers aes128-ctr,/' ${D}/00-kinkeeper.conf; ${RELOAD}`,
    'the sshd that runs has read other settings': `cp -p ${D}/00-kinkeeper.conf /root/k; rm ${D}/00-kinkeeper.conf; ${RELOAD}; cp -p /root/k ${D}/00-kinkeeper.conf`,
  },
  look: async (machine, isApplied) => {
    const wrong: string[] = [];
    const key = `IdentityFile=${machine.vm.key}`;
    const none = await sshFromOutside(machine, 'ada', ['PreferredAuthentications=none']);
    if (none.includes('password') === isApplied) wrong.push(`ways in that are offered: ${none}`);
    const root = await sshFromOutside(machine, 'root', [key, 'IdentitiesOnly=yes']);
    if ((root === 'came-in') === isApplied) wrong.push(`root by key: ${root}`);
    const ada = await sshFromOutside(machine, 'ada', [key, 'IdentitiesOnly=yes']);
    if (ada !== 'came-in') wrong.push(`ada by key: ${ada}`);
    const old = await sshFromOutside(machine, 'ada', [key, 'IdentitiesOnly=yes', 'Ciphers=aes128-ctr']);
    if ((old === 'came-in') === isApplied) wrong.push(`an older cipher: ${old}`);
    return wrong;
  },
};
