import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { OpenState } from '../../../../core/control.ts';
import type { Check, CheckId, Checklist } from '../../../../core/posture.ts';
import { checkNow } from '../../../../ops/posture/check-now.ts';
import { IN_DOCKER } from '../../../ops/fixes/host-kinds.ts';
import { openTestState } from '../../../ops/open-test-state.ts';
import type { HardenedMachine } from '../hardened-machine.ts';

const SPOOL = '/var/lib/kinkeeper-spool';

/** A machine whose posture is collected by its own unit, and judged as ops does it, with a real state to remember in. */
export class JudgedHost {
  readonly machine: HardenedMachine;
  readonly state: OpenState;
  readonly #remove: () => void;
  readonly #spool = mkdtempSync(join(tmpdir(), 'kin-posture-'));
  /** For scripts beside the machine. */
  env: Readonly<Record<string, string>> = {};

  private constructor(machine: HardenedMachine, state: OpenState, remove: () => void) {
    this.machine = machine;
    this.state = state;
    this.#remove = remove;
  }

  static async of(machine: HardenedMachine): Promise<JudgedHost> {
    const { state, remove } = await openTestState(Date.now);
    return new JudgedHost(machine, state, remove);
  }

  /** Has the helper look, and judges. Throws Error where it does not look. */
  async look(): Promise<{ readonly checks: ReadonlyMap<CheckId, Check>; readonly leftOut: Checklist['leftOut'] }> {
    await this.machine.vm.must(
      'systemctl reset-failed kinkeeper-host-posture.service 2>/dev/null; systemctl start kinkeeper-host-posture.service || { journalctl -u kinkeeper-host-posture.service -n 20 --no-pager; exit 1; }',
    );
    for (const name of ['posture.json', 'posture.pub'])
      writeFileSync(join(this.#spool, name), await this.machine.vm.must(`cat ${SPOOL}/${name}`));
    const { checks, leftOut } = await checkNow({
      ...{ control: this.state.control, own: [], here: IN_DOCKER, spoolDir: this.#spool, now: Date.now() },
      onFailure: () => {},
    });
    return { checks: new Map(checks.map((check) => [check.id, check])), leftOut };
  }

  /** Runs scripts in the machine, each by itself; gives the names of those that failed, with what they said. */
  async run(
    scripts: readonly { readonly name: string; readonly script: string; readonly isBeside?: true }[],
  ): Promise<string[]> {
    const parts = (wanted: boolean) => inOne(scripts.filter(({ isBeside }) => (isBeside ?? false) === wanted));
    const beside = execa('/bin/sh', ['-s'], { input: parts(true), reject: false, all: true, env: this.env });
    const [inside, outside] = await Promise.all([this.machine.vm.root(parts(false)), beside]);
    return [inside.out, outside.all].flatMap((said) =>
      [...said.matchAll(/^NOT DONE: (.*)$/gm)].map(([, name]) => `${name}\n${said.slice(-1500)}`),
    );
  }

  /** Lines of which an alert says that they do not hold any more. */
  drifted(): string[] {
    return this.state.control.alerts
      .open()
      .flatMap(({ code, facts }) => (code === 'checklist-drift' ? `${facts.line}` : []));
  }

  remove(): void {
    this.#remove();
    rmSync(this.#spool, { recursive: true, force: true });
  }
}

/** One script of many: what fails is named, and the others go on. */
function inOne(scripts: readonly { readonly name: string; readonly script: string }[]): string {
  return scripts.map(({ name, script }) => `(set -e\n${script}\n) </dev/null || echo 'NOT DONE: ${name}'\n`).join('');
}
