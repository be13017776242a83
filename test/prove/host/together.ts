import type { HardenedMachine } from './hardened-machine.ts';
import { type MeasureProof, type MeasureResult, stateOf } from './measure-proof.ts';
import { openPorts, SERVICES } from './outside-looks.ts';

/** Measures on one host, as a family has them: they hold beside each other, hold after a restart, and go back in any case. */
export async function proveTogether(
  machine: HardenedMachine,
  name: string,
  proofs: readonly MeasureProof[],
): Promise<MeasureResult> {
  const began = Date.now();
  const wrong: string[] = [];
  const check = (is: boolean, what: string) => {
    if (!is) wrong.push(`${name}: ${what}`);
  };
  const settings = Object.assign({}, ...proofs.map((proof) => proof.settings ?? {}), {
    web_ports: '80 443',
    web_from: 'anywhere',
  });
  await machine.configure(settings);
  for (const { prepare } of proofs) if (prepare !== undefined) await machine.vm.must(prepare);
  const files: MeasureProof = { name: 'files', effective: 'true', breaks: {} };
  const before = await stateOf(machine, files);

  const names = proofs.map((proof) => proof.name);
  const apply = async (wanted: readonly string[]) => {
    for (const one of names.filter((known) => wanted.includes(known))) {
      const { code, out } = await machine.harden('apply', one);
      check(code === 0, `apply ${one}: ${out}`);
    }
  };
  await apply(names);
  for (const { name: one } of proofs.filter(({ guarded }) => guarded === true)) {
    const { code, out } = await machine.harden('confirm', one);
    check(code === 0, `confirm ${one}: ${out}`);
  }
  // The rights of what the other measures made are as they have to be, too; rules of audit are for what is there by now.
  await apply(['modes', 'auditd']);
  let facts = 0;
  const verify = async (when: string) => {
    for (const { settle } of proofs) if (settle !== undefined) await machine.vm.must(settle);
    const { code, out } = await machine.harden('verify', names.join(' '));
    const not = out.split('\n').filter((line) => !line.includes('\tpass\t'));
    check(code === 0, `verify ${when}: ${not.join('\n')}`);
    facts = out.split('\n').length - not.length;
    if (!names.includes('firewall')) return;
    for (const version of [4, 6] as const) {
      const open = await openPorts(machine, version);
      check(JSON.stringify(open) === '[22,80,443]', `open over IPv${version} ${when}: ${open}`);
    }
  };
  await verify('at once');
  await machine.vm.restart();
  if (names.includes('firewall')) await machine.vm.must(SERVICES);
  // Interfaces that came later than the settings.
  await apply(['sysctl']);
  await verify('after a restart');

  const { code, out } = await machine.harden('undo', [...names].reverse().join(' '));
  check(code === 0, `undo: ${out}`);
  check((await stateOf(machine, files)) === before, 'the undo left other files');
  return { name, wrong, facts, breaks: 0, looks: 2, seconds: Math.round((Date.now() - began) / 1000) };
}
