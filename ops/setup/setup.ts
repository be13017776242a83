import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { EXIT } from '../../core/exit.ts';
import { productVersion } from '../../core/product-version.ts';
import { step } from '../../core/step.ts';
import type { Answers } from './answers.ts';
import { backupKeyFault } from './backup-key-facts.ts';
import { doActs } from './do-acts.ts';
import { hasIpv6 } from './has-ipv6.ts';
import { noteHouseholdBefore } from './household-before.ts';
import { lastPage } from './last-page.ts';
import { readMachineFacts } from './machine-facts.ts';
import { makeSecret } from './make-secret.ts';
import { measureModel, modelNames, speakingModel } from './measure-model.ts';
import { oneRun } from './one-run.ts';
import { contentNow, giveAccess, placeFile, placeFolder } from './place.ts';
import { HOST_SETTINGS } from './plan/host-helper-files.ts';
import type { Plan, PlanFacts } from './plan/plan.ts';
import { planSetup } from './plan/plan-setup.ts';
import { portsOf } from './plan/ports.ts';
import { fittingModel, preflight, type Tried } from './preflight.ts';
import { Progress } from './progress.ts';
import { readTemplates } from './read-templates.ts';
import { identityOf, refuseUnfit } from './refuse-unfit.ts';
import { sshPorts } from './ssh-ports.ts';
import { endedDetached } from './start-services.ts';
import { readSynapseFacts } from './synapse-facts.ts';
import { type Differences, differenceLines, isNothing, RUNS_AGAIN, whatDiffers } from './what-differs.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** Where Ollama listens when nobody said otherwise; the bot looks there too. */
const LOCAL_OLLAMA = 'http://127.0.0.1:11434';

/** What is done before a restore: nothing that starts a service or makes an account, and no new backup key. */
const PREPARES: ReadonlySet<string> = new Set(['host-helper', 'vpn', 'certificate']);

/** What set-up works with; the command gives it. */
export interface SetupParts {
  readonly answers: Answers;
  /** Where the running product lies. */
  readonly product: Pick<PlanFacts, 'node' | 'product'>;
  /** Plans only. */
  readonly isShown: boolean;
  /** Lays everything out and starts nothing: a restore follows, and then the rest of set-up. */
  readonly isPrepared: boolean;
  /** Somebody answers `confirm`; false: it says yes by itself. */
  readonly isAttended: boolean;
  /** Asked before anything is changed, and where a person has to write something down; without a person it says yes. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly say: (line: string) => void;
  /** How wide the terminal is; undefined where there is none. */
  readonly columns: number | undefined;
  /** Names the socket of Podman to every program that is started from here on. */
  readonly useEngine: (url: string) => void;
  readonly clock: Clock;
  /** Aborts at Ctrl-C: what is under way comes to its end, the rest stays for the next run. */
  readonly signal: AbortSignal;
}

/**
 * Looks, shows what would change, and does it: first folders, secrets and files, then what has to be done. Every part may be cut off
 * anywhere; the next run goes on. Returns the exit code. Throws AppError for what a person has to mend.
 * Two runs at once on one folder are refused, but for one that only shows.
 */
export async function setup(parts: SetupParts): Promise<number> {
  if (parts.isShown) return run(parts);
  const { data, language } = parts.answers;
  using alone = oneRun(data);
  if (alone !== undefined) return await run(parts);
  parts.say(sayAtSetup(language, 'already-running', { data }));
  return EXIT.failed;
}

async function run(parts: SetupParts): Promise<number> {
  const { answers, say, confirm, isShown, isPrepared, clock, product } = parts;
  const { language } = answers;
  const began = clock();
  const progress = new Progress(join(answers.data, 'setup.json'));
  refuseUnfit(answers, progress);
  const looked = await look(parts, progress);
  if (looked === undefined) return EXIT.failed;
  const { plan, facts } = looked;
  const ended = progress.now.started ? endedDetached(plan) : undefined;
  if (ended !== undefined) say(sayAtSetup(language, 'ended', { ended }));
  const all = whatDiffers(plan, progress, { hasEnded: ended !== undefined });
  const leaving = peopleWhoStay(answers, progress);
  if (leaving.length > 0) say(sayAtSetup(language, 'people.stay', { people: leaving }));
  const differences = isPrepared ? { ...all, acts: all.acts.filter(({ act }) => PREPARES.has(act)) } : all;
  if (isNothing(differences) && progress.now.helper === undefined) {
    say(sayAtSetup(language, 'changes.none'));
    return EXIT.done;
  }
  if (isNothing(differences)) say(sayAtSetup(language, 'changes.helper'));
  else say(sayAtSetup(language, 'changes.head'));
  for (const line of differenceLines(language, differences)) say(line);
  if (isShown) {
    say(sayAtSetup(language, 'changes.shown'));
    return EXIT.done;
  }
  if (!(await confirm(sayAtSetup(language, 'ask.go-on')))) {
    say(sayAtSetup(language, 'declined'));
    return EXIT.failed;
  }
  // Both as they are before anything is placed.
  const { wasFinished } = progress;
  const later = {
    changes: differenceLines(language, differences, { inShort: true }),
    people: newPeople(answers, progress),
  };
  noteHouseholdBefore(progress, plan, facts);
  place(answers, differences, progress);
  const isDone = await doActs({ ...parts, plan, facts, progress }, differences.acts);
  if (!isDone) return parts.signal.aborted ? stopped(parts) : EXIT.failed;
  if (isPrepared) {
    say(sayAtSetup(language, 'prepared', { backups: `${answers.data}/backups`, product: product.product }));
    return EXIT.done;
  }
  say(lastPage({ plan, product: product.product, tookMs: clock() - began, later: wasFinished ? later : undefined }));
  progress.change({ finished: true });
  return EXIT.done;
}

/** Local names of people whom an earlier run let in and whom these answers do not name: only the bot can take somebody out, with their papers. */
function peopleWhoStay(answers: Answers, progress: Progress): string[] {
  const { people, bot } = answers;
  return knownNames(answers, progress).filter((name) => name !== bot && !people.some((one) => one.name === name));
}

/** Local names of people whom no earlier run let in. */
function newPeople(answers: Answers, progress: Progress): string[] {
  const known = knownNames(answers, progress);
  return answers.people.flatMap(({ name }) => (known.includes(name) ? [] : [name]));
}

function knownNames({ serverName }: Answers, progress: Progress): string[] {
  const ids = progress.now.done.accounts?.split(' ') ?? [];
  return ids.map((id) => id.replace(`:${serverName}`, '').slice(1));
}

/** Preflight and plan; undefined when something has to be mended first. */
async function look(
  { answers, product, say, isAttended, useEngine, clock }: SetupParts,
  progress: Progress,
): Promise<{ plan: Plan; facts: PlanFacts } | undefined> {
  const { language, data } = answers;
  const isRunning = progress.now.started;
  const host = answers.kind === 'compose' ? answers.host : undefined;
  const podmanAccount = answers.kind === 'compose' ? answers.podmanAccount : undefined;
  // pasta listens at the door for an account's Podman as soon as any container runs: the database of a restore, or of a run that was cut off.
  const mayBeOurs = podmanAccount !== undefined && progress.now.done['host-helper'] !== undefined;
  const ports = isRunning || mayBeOurs ? [] : portsOf(answers);
  const machine = await readMachineFacts({
    ...{ data, host, ports, podmanAccount, product: product.product, isPassed: answers.kind === 'bare' },
  });
  // All that is started from here as `docker` talks to that Podman.
  if (machine.podman) useEngine(`unix://${machine.podman.socket}`);
  const willShowKey = answers.backupKey === 'make' && progress.now.done['backup-key'] === undefined && !isAttended;
  const checks = preflight(answers, machine, {
    ...(await tried(answers, isRunning)),
    ...{ willShowKey, backupKey: await backupKeyFault(answers, clock()), fetched: progress.now.done.model },
  });
  for (const { status, key, facts } of checks)
    say(`${sayAtSetup(language, `status.${status}`)}  ${sayAtSetup(language, key, facts)}`);
  if (checks.some(({ status }) => status === 'fail')) {
    say(sayAtSetup(language, 'stopped-by-checks'));
    return undefined;
  }
  // What was fetched stays: it takes the room by which it was chosen.
  const model = progress.now.done.model ?? fittingModel(machine, answers.kind).model?.name;
  const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const settings = contentNow(join(data, 'config/kinkeeper.yaml'));
  const ofHost = { hostSettings: contentNow(HOST_SETTINGS), sshPorts: await sshPorts(), hasIpv6: hasIpv6() };
  const now = { settings, ...ofHost, version: productVersion(), done: progress.now.done };
  const facts = { self, ...product, model, podman: machine.podman, ...now, ...readTemplates(answers, product.product) };
  return { plan: planSetup(answers, facts), facts };
}

/** Beside a Synapse of somebody else's, that and an Ollama are there already. Containers bring their own, which are not there yet. */
async function tried(answers: Answers, isRunning: boolean): Promise<Tried> {
  if (answers.kind === 'compose') return {};
  const { model } = answers;
  const synapse = await readSynapseFacts(answers);
  if (model === 'none') return { synapse };
  const models = await modelNames(LOCAL_OLLAMA);
  const measured = isRunning ? undefined : await measureModel(LOCAL_OLLAMA, model === 'auto' ? undefined : model);
  const speaking = model === 'auto' ? await speakingModel(LOCAL_OLLAMA) : undefined;
  return { synapse, models, measured, speaking };
}

/** Folders before what lies in them, secrets before those that are made of them, files last. */
function place(answers: Answers, { folders, secrets, files, access }: Differences, progress: Progress): void {
  const [top, ...below] = folders;
  if (top !== undefined) placeFolder(top);
  // Whose folder it is has to be noted before anything lies in it: a run that is cut off would not know it again.
  const identity = identityOf(answers);
  if (JSON.stringify(progress.now.household) !== JSON.stringify(identity)) progress.change({ household: identity });
  for (const folder of below) placeFolder(folder);
  step('setup-folders');
  // What runs has older settings from here on, whatever happens next.
  if (files.some(({ isRead }) => isRead)) progress.undo([...RUNS_AGAIN] as Parameters<Progress['undo']>[0]);
  for (const secret of secrets) placeFile({ ...secret, content: `${makeSecret(secret)}\n` });
  step('setup-secrets');
  for (const file of files) placeFile(file);
  for (const one of access) giveAccess(one);
  step('setup-files');
}

function stopped({ answers, say }: SetupParts): number {
  say(sayAtSetup(answers.language, 'stopped'));
  return EXIT.failed;
}
