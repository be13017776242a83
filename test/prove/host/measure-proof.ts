import type { HardenedMachine, KernelKind } from './hardened-machine.ts';

/** What a measure has to show in a real machine. */
export interface MeasureProof {
  readonly name: string;
  /** Is about what only a machine with such a kernel has; nothing: any will do. */
  readonly kernel?: Exclude<KernelKind, 'ours'>;
  /** Comes back by itself unless confirmed. */
  readonly guarded?: boolean;
  /** Settings of the helper for it. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Script that makes the host as it is before, with what the measure will have to change. */
  readonly prepare?: string;
  /** Script whose words are the effective state: the same before, and after the undo. */
  readonly effective: string;
  /** Scripts that each make the host weaker; `verify` must say no then. `apply` mends it, or a second script where it is not ours to mend. */
  readonly breaks: Readonly<Record<string, string | readonly [script: string, mend: string]>>;
  /** How it looks from outside: what is wrong, in words; nothing where all is as it has to be. `isApplied` says which way that is. */
  readonly look?: (machine: HardenedMachine, isApplied: boolean) => Promise<string[]>;
  /** Script that waits until it holds, where that takes a while. */
  readonly settle?: string;
}

/** What came of one. */
export interface MeasureResult {
  readonly name: string;
  readonly wrong: string[];
  readonly facts: number;
  readonly breaks: number;
  readonly looks: number;
  readonly seconds: number;
}

/** Every file that a measure could touch, with mode, owner and content. */
const FILES = `
find /etc /opt /srv -xdev \\( -name .pwd.lock -o -name .updated \\) -prune -o -printf '%p %y %m %U %l\\n' | sort
find /etc /opt /srv -xdev -type f ! -name .pwd.lock ! -name .updated -exec sha256sum {} + | sort`;

/** Proves one measure; gives what was wrong, and never throws for what the measure does. */
export async function proveMeasure(machine: HardenedMachine, proof: MeasureProof): Promise<MeasureResult> {
  const began = Date.now();
  const wrong: string[] = [];
  const check = (is: boolean, what: string) => {
    if (!is) wrong.push(`${proof.name}: ${what}`);
  };
  await machine.configure(proof.settings ?? {});
  if (proof.prepare !== undefined) await machine.vm.must(proof.prepare);
  const state = () => stateOf(machine, proof);
  const before = await state();

  const plan = await machine.harden('plan', proof.name);
  check(plan.code === 0 && !plan.out.includes('nothing to change'), `plan: ${plan.out}`);
  check((await state()) === before, 'the plan changed something');
  check((await machine.harden('verify', proof.name)).code === 1, 'verify passes before it was applied');
  let looks = 0;
  const look = async (isApplied: boolean) => {
    if (proof.look === undefined) return;
    looks++;
    for (const one of await proof.look(machine, isApplied))
      check(false, `${isApplied ? 'applied' : 'not applied'}: ${one}`);
  };
  await look(false);

  const applied = await machine.harden('apply', proof.name);
  check(applied.code === 0, `apply: ${applied.out}`);
  if (proof.guarded === true) {
    check((await machine.harden('verify', proof.name)).code === 1, 'verify passes before it was confirmed');
    const confirmed = await machine.harden('confirm', proof.name);
    check(confirmed.code === 0, `confirm: ${confirmed.out}`);
  }
  if (proof.settle !== undefined) await machine.vm.must(proof.settle);
  const verified = await machine.harden('verify', proof.name);
  check(verified.code === 0, `verify: ${verified.out}`);
  await look(true);
  const again = await machine.harden('apply', proof.name);
  check(again.out.includes('already so'), `apply again: ${again.out}`);

  for (const [what, one] of Object.entries(proof.breaks)) {
    const [script, mend] = typeof one === 'string' ? [one, undefined] : one;
    await machine.vm.must(script);
    const broken = await machine.harden('verify', proof.name);
    check(broken.code === 1, `a false tick: ${what}`);
    if (mend !== undefined) await machine.vm.must(mend);
    const mended = mend === undefined ? await machine.harden('apply', proof.name) : { out: '' };
    if (proof.guarded === true) await machine.harden('confirm', proof.name);
    if (proof.settle !== undefined) await machine.vm.must(proof.settle);
    const well = await machine.harden('verify', proof.name);
    check(well.code === 0, `not mended after "${what}": ${mended.out}\n${well.out}`);
  }

  const undone = await machine.harden('undo', proof.name);
  check(undone.code === 0, `undo: ${undone.out}`);
  const after = await state();
  check(after === before, `the undo left another state:\n${difference(before, after)}`);
  await look(false);
  return {
    name: proof.name,
    wrong,
    facts: verified.out.split('\n').filter((line) => line.includes('\tpass\t')).length,
    breaks: Object.keys(proof.breaks).length,
    looks,
    seconds: Math.round((Date.now() - began) / 1000),
  };
}

/** All that has to be the same again after an undo: files, and the effective state. */
export async function stateOf(machine: HardenedMachine, proof: MeasureProof): Promise<string> {
  return `${await machine.vm.must(FILES)}\n${await machine.vm.must(proof.effective)}`;
}

/** Lines that only one of them has. */
function difference(before: string, after: string): string {
  const [was, is] = [new Set(before.split('\n')), new Set(after.split('\n'))];
  const gone = [...was].filter((line) => !is.has(line)).map((line) => `- ${line}`);
  const come = [...is].filter((line) => !was.has(line)).map((line) => `+ ${line}`);
  return [...gone, ...come].slice(0, 20).join('\n');
}
