import type { HardenedMachine } from './hardened-machine.ts';
import { type MeasureProof, type MeasureResult, stateOf } from './measure-proof.ts';
import { openPorts, SERVICES } from './outside-looks.ts';

/** All measures on one host, as a family has them: they hold beside each other, hold after a restart, and go back in any case. */
export async function proveTogether(machine: HardenedMachine, proofs: readonly MeasureProof[]): Promise<MeasureResult> {
  const began = Date.now();
  const wrong: string[] = [];
  const check = (is: boolean, what: string) => {
    if (!is) wrong.push(`together: ${what}`);
  };
  const settings = Object.assign({}, ...proofs.map((proof) => proof.settings ?? {}), { web_ports: '80 443' });
  await machine.configure(settings);
  for (const { prepare } of proofs) if (prepare !== undefined) await machine.vm.must(prepare);
  const files: MeasureProof = { name: 'files', effective: 'true', breaks: {} };
  const before = await stateOf(machine, files);

  const names = proofs.map(({ name }) => name);
  for (const name of names) {
    const { code, out } = await machine.harden('apply', name);
    check(code === 0, `apply ${name}: ${out}`);
  }
  await machine.harden('confirm', 'ssh firewall');
  // The rights of what the other measures made are as they have to be, too; rules of audit are for what is there by now.
  for (const name of ['modes', 'auditd']) await machine.harden('apply', name);
  let facts = 0;
  const verify = async (when: string) => {
    for (const { settle } of proofs) if (settle !== undefined) await machine.vm.must(settle);
    const { code, out } = await machine.harden('verify', names.join(' '));
    const not = out.split('\n').filter((line) => !line.includes('\tpass\t'));
    check(code === 0, `verify ${when}: ${not.join('\n')}`);
    facts = out.split('\n').length - not.length;
    for (const version of [4, 6] as const) {
      const open = await openPorts(machine, version);
      check(JSON.stringify(open) === '[22,80,443]', `open over IPv${version} ${when}: ${open}`);
    }
  };
  await verify('at once');
  await machine.vm.restart();
  await machine.vm.must(SERVICES);
  // Interfaces that came later than the settings.
  await machine.harden('apply', 'sysctl');
  await verify('after a restart');

  const { code, out } = await machine.harden('undo', [...names].reverse().join(' '));
  check(code === 0, `undo: ${out}`);
  check((await stateOf(machine, files)) === before, 'the undo left other files');
  return { name: 'together', wrong, facts, breaks: 0, looks: 2, seconds: Math.round((Date.now() - began) / 1000) };
}
