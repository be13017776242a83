import { spawn } from 'node:child_process';
import { closeSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { AppError } from '../../core/errors.ts';
import { contentNow, openLog, placeFile, readPlainFile } from './place.ts';
import type { Plan, PlanFacts } from './plan/plan.ts';
import { SERVICES } from './plan/systemd-units.ts';

const STOP_MS = 60_000;
/** What bot and ops start (prlimit, unshare, pg_dump …) lies in the folders of the system. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Starts bot and ops with the settings of now, as the answers say; what runs with older ones is ended first. */
export async function startServices(plan: Plan, facts: PlanFacts): Promise<void> {
  if (plan.answers.kind === 'compose') return startContainers(facts.product);
  if (plan.answers.start === 'systemd') return startUnits();
  for (const program of ['bot', 'ops'] as const) {
    await stopDetached(plan, program);
    startDetached(plan, facts, program);
  }
}

/** Those that read a file of set-up are made anew: Docker does not notice that a file has changed which a container has bound. */
async function startContainers(product: string): Promise<void> {
  const readers = ['bot', 'ops', 'nginx', 'ollama-gate'];
  await compose(product, ['up', '--detach', '--wait', '--force-recreate', '--no-deps', ...readers]);
  await compose(product, ['up', '--detach', '--wait', '--remove-orphans']);
}

async function startUnits(): Promise<void> {
  await run('systemctl', ['daemon-reload']);
  await run('systemctl', ['enable', ...SERVICES]);
  await run('systemctl', ['restart', ...SERVICES]);
}

/** Runs docker compose on the product's own file. Throws as `run`. */
export function compose(product: string, args: readonly string[]): Promise<string> {
  return run('docker', ['compose', '--project-directory', product, ...args]);
}

/** Runs a program of the host. Throws AppError `unavailable` with what it said last. */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const ended = await execa(program, args, { reject: false, stdin: 'ignore' });
  if (!ended.failed) return ended.stdout;
  const said = (ended.stderr || ended.stdout || ended.shortMessage || '').trim().split('\n').slice(-3).join(' / ');
  throw new AppError(
    'unavailable',
    `${program} ${args.filter((one) => !one.startsWith('-')).join(' ')} failed: ${said}`,
    {
      hint: 'Mend that and run set-up again: it goes on where it stopped.',
    },
  );
}

/** A process in the background that outlives this one. Its log and its number lie in the folder of logs, which is its account's. */
function startDetached(plan: Plan, { node, product }: PlanFacts, program: 'bot' | 'ops'): void {
  const { settingsFile, account } = plan;
  const isRoot = process.getuid?.() === 0;
  const log = openLog(`${logFolder(plan)}/${program}.log`, account);
  const args = ['--disable-warning=DEP0060', `${product}/${program}/main.ts`, '--config', settingsFile];
  const child = spawn(node, args, {
    cwd: plan.answers.data,
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: SYSTEM_PATH },
    ...(isRoot && account),
  });
  closeSync(log);
  child.unref();
  placeFile({ path: pidFile(plan, program), mode: 0o600, owner: account, content: `${child.pid}\n` });
}

async function stopDetached(plan: Plan, program: 'bot' | 'ops'): Promise<void> {
  const file = pidFile(plan, program);
  if (!existsSync(file)) return;
  const pid = Number(readPlainFile(file));
  const isOurs = () => commandLine(pid).includes(`/${program}/main.ts\0--config\0${plan.settingsFile}\0`);
  if (isOurs()) process.kill(pid, 'SIGTERM');
  for (const end = Date.now() + STOP_MS; isOurs(); await pause(100))
    if (Date.now() > end)
      throw new AppError('unavailable', `${program} (process ${pid}) does not end`, {
        hint: `End it (kill ${pid}) and run set-up again.`,
      });
  rmSync(file, { force: true });
}

/** The last that a process in the background said which has ended since it was started; undefined while both run, and for other kinds. */
export function endedDetached(plan: Plan): string | undefined {
  if (plan.answers.kind !== 'bare' || plan.answers.start !== 'detached') return undefined;
  for (const program of ['bot', 'ops'] as const) {
    const pid = Number(contentNow(pidFile(plan, program)));
    if (pid === 0 || commandLine(pid).includes(`/${program}/main.ts\0`)) continue;
    const last =
      contentNow(`${logFolder(plan)}/${program}.log`)
        .trim()
        .split('\n')
        .at(-1) ?? '';
    return `${program} has ended: ${last}`;
  }
  return undefined;
}

/** Arguments of a process, each followed by a zero byte; "" when there is none of that number. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function pidFile(plan: Plan, program: string): string {
  return `${logFolder(plan)}/${program}.pid`;
}

function logFolder({ answers }: Plan): string {
  return `${answers.data}/logs`;
}
