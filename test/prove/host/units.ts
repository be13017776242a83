import type { HardenedMachine } from './hardened-machine.ts';
import type { MeasureResult } from './measure-proof.ts';
import { openPorts, SERVICES } from './outside-looks.ts';

/** What ops can ask for on such a host, and how the answer has to begin. */
const REQUESTS: readonly (readonly [string, RegExp])[] = [
  ['facts', /^ok/],
  ['check-updates', /^ok\nsecurity=\d+/],
  ['evidence', /^ok\nfolder=/],
  ['check-outside', /^ok/],
  ['rotate-ssh-host-keys', /^ok\n\w+=SHA256:/],
  ['restart-service\nname=homeserver', /^(ok|failed)\n?/],
];

/** The units of the helper in a real systemd: the spool is answered, and what they may not do hinders nothing that they have to do. */
export async function proveUnits(machine: HardenedMachine, name: string): Promise<MeasureResult> {
  const began = Date.now();
  const wrong: string[] = [];
  const check = (is: boolean, what: string) => {
    if (!is) wrong.push(`${name}: ${what}`);
  };
  await machine.configure({});
  await machine.vm.must(SERVICES);
  let number = 0;
  for (const [request, wanted] of REQUESTS) {
    const answer = await ask(machine, `r${Date.now()}${number++}`, request);
    check(wanted.test(answer), `${request.split('\n')[0]}: ${answer}`);
  }
  const facts = await machine.vm.must('cat /var/lib/kinkeeper-spool/facts.json');
  check(/"sshLogins":\[\{/.test(facts), `facts.json does not say who logged in: ${facts}`);
  check(
    /"rebootRequired":(true|false)/.test(facts) && /"timeSynchronised":(true|false)/.test(facts),
    `facts.json: ${facts}`,
  );

  check((await ask(machine, `c${Date.now()}`, 'close-outside')).startsWith('ok'), 'the outside is not closed');
  const closed = await openPorts(machine, 4);
  check(JSON.stringify(closed) === '[22]', `open though closed: ${closed}`);
  await machine.vm.restart();
  const again = await machine.vm.root('nft list table inet kinkeeper_closed');
  check(again.code === 0, 'open again after a restart');
  check((await ask(machine, `o${Date.now()}`, 'open-outside')).startsWith('ok'), 'the outside is not opened');
  const failed = await machine.vm.must("systemctl list-units --failed --plain --no-legend 'kinkeeper*'");
  check(failed.trim() === '', `failed: ${failed}`);
  return { name, wrong, facts: REQUESTS.length, breaks: 0, looks: 1, seconds: Math.round((Date.now() - began) / 1000) };
}

/** Leaves a request as the account of ops does; gives the answer, or why there is none. */
async function ask(machine: HardenedMachine, id: string, request: string): Promise<string> {
  const folder = '/var/lib/kinkeeper-spool';
  const leave = `printf '%b\\n' '${request.replaceAll('\n', '\\n')}' >${folder}/requests/.${id}; mv ${folder}/requests/.${id} ${folder}/requests/${id}.request`;
  const { code, out } = await machine.vm.root(
    `setpriv --reuid 10001 --regid 10001 --clear-groups sh -c "${leave}"
for i in $(seq 90); do [ -e ${folder}/answers/${id}.answer ] && cat ${folder}/answers/${id}.answer && exit 0; sleep 1; done
systemctl status kinkeeper-host.service --no-pager | tail -n 20; exit 1`,
  );
  return code === 0 ? out : `no answer: ${out}`;
}
