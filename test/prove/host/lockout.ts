import { setTimeout as pause } from 'node:timers/promises';
import type { HardenedMachine } from './hardened-machine.ts';
import type { MeasureResult } from './measure-proof.ts';

const LIB = '/usr/lib/kinkeeper-host';
const CALL = `${LIB}/kinkeeper-harden /etc/kinkeeper/kinkeeper-host.conf`;
const OFFERED =
  'ssh -F none -o BatchMode=yes -o PreferredAuthentications=none -o StrictHostKeyChecking=no kinkeeper-look@127.0.0.1 true 2>&1 | grep -o "Permission denied.*"';

/** A minute until it comes back, another half until the timer looks, and what a slow machine needs. */
const BACK_MS = 300_000;

/** A mistake of ours in a measure, that its own trial does not see: nobody comes in from where we stand. */
const MISTAKES = {
  ssh: `sed -i "s/    printf '%s.n' \\"\\$wanted_of_sshd\\"/&; echo 'DenyUsers *@10.0.2.*'/" ${LIB}/measures/ssh.sh; grep -q DenyUsers ${LIB}/measures/ssh.sh`,
  firewall: `sed -i "s/ *.(accepted 'tcp dport' .\\$ssh_set.)//" ${LIB}/measures/firewall.sh; ! grep -q "dport' .\\$ssh_set" ${LIB}/measures/firewall.sh`,
};

/** Whoever makes a mistake with the way in gets it back, without a hand of anybody. */
export async function proveLockout(machine: HardenedMachine, name: string): Promise<MeasureResult> {
  const began = Date.now();
  const wrong: string[] = [];
  const check = (is: boolean, what: string) => {
    if (!is) wrong.push(`${name}: ${what}`);
  };
  await machine.configure({ confirm_minutes: '1' });
  await refuses(machine, check);

  const before = await machine.vm.must(OFFERED);
  const same = await machine.vm.root(`${CALL} apply ssh && ${CALL} confirm ssh`);
  check(
    same.code === 1 && same.out.includes('older than the change'),
    `confirmed from the session that made the change: ${same.out}`,
  );
  check((await machine.vm.must(OFFERED)).includes('(publickey).'), 'ssh was not applied');
  await comesBack(machine, check, 'ssh that nobody confirmed', before);

  for (const measure of ['ssh', 'firewall'] as const) {
    await machine.vm.must(`cp -p ${LIB}/measures/${measure}.sh /root/right.sh; ${MISTAKES[measure]}`);
    await machine.vm.root(`${CALL} apply ${measure}`, { timeoutMs: 120_000 });
    check(
      (await machine.vm.ssh(['true'], { timeoutMs: 40_000, isNew: true })).code === 255,
      `the mistake in ${measure} locked nobody out`,
    );
    await comesBack(machine, check, `a mistake in ${measure}`, before);
    await machine.vm.must(`cp -p /root/right.sh ${LIB}/measures/${measure}.sh`);
  }
  return { name, wrong, facts: 0, breaks: 3, looks: 0, seconds: Math.round((Date.now() - began) / 1000) };
}

type Check = (is: boolean, what: string) => void;

/** What would lock everybody out is not begun. */
async function refuses(machine: HardenedMachine, check: Check): Promise<void> {
  const cases: Record<string, readonly [string, string]> = {
    'nobody has a key': ['mv /home/ada/.ssh/authorized_keys /root/k', 'mv /root/k /home/ada/.ssh/authorized_keys'],
    'the key can be changed by others': [
      'chmod 666 /home/ada/.ssh/authorized_keys',
      'chmod 600 /home/ada/.ssh/authorized_keys',
    ],
    'nobody is in sudo': ['gpasswd -d ada sudo', 'gpasswd -a ada sudo'],
    'another drop-in lets nobody in': [
      "printf 'AllowUsers somebody\\n' >/etc/ssh/sshd_config.d/70-allow.conf",
      'rm /etc/ssh/sshd_config.d/70-allow.conf',
    ],
  };
  for (const [what, [harm, mend]] of Object.entries(cases)) {
    const { code, out } = await machine.vm.root(
      `{ ${harm}; } >/dev/null; ${CALL} apply ssh; code=$?; { ${mend}; } >/dev/null; exit $code`,
    );
    check(code === 1 && out.includes('nothing was changed'), `not refused: ${what}: ${out}`);
  }
  const { code } = await machine.vm.root('[ ! -e /etc/ssh/sshd_config.d/00-kinkeeper.conf ]');
  check(code === 0, 'refused, but something was changed');
}

async function comesBack(machine: HardenedMachine, check: Check, what: string, before: string): Promise<void> {
  const deadline = Date.now() + BACK_MS;
  for (;;) {
    const { code, out } = await machine.vm.root(
      `[ ! -e /var/lib/kinkeeper-host/harden/ssh ] && [ ! -e /var/lib/kinkeeper-host/harden/firewall ] && ${OFFERED}`,
      { timeoutMs: 60_000, isNew: true },
    );
    if (code === 0 && out === before) break;
    if (Date.now() > deadline) return check(false, `did not come back: ${what}: ${out}`);
    await pause(3000);
  }
  check(
    (await machine.vm.must('tail -n 3 /var/lib/kinkeeper-host/acts.log')).includes('as it was before'),
    `not in the log: ${what}`,
  );
}
