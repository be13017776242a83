import type { Answers, ComposeAnswers } from './answers.ts';
import type { BackupKeyFault } from './backup-key-facts.ts';
import { type Check, check } from './check.ts';
import { checkSynapse } from './check-synapse.ts';
import type { MachineFacts } from './machine-facts.ts';
import { hasModel, type Measured } from './measure-model.ts';
import { fitModel, LEAST_TOKENS_PER_SECOND, MODEL_SIZES, type ModelFit, PRODUCT_BYTES } from './model-fit.ts';
import type { PodmanFacts } from './podman-facts.ts';
import type { SynapseFacts } from './synapse-facts.ts';
import type { SetupTexts } from './wording/facts.ts';

const GIB = 1024 ** 3;
/** Images, a year of papers and a week of backups of a small family, beside the model. */
const LEAST_DISK = { bare: 3 * GIB, compose: 10 * GIB } as const;
/** As docker-compose.yml needs them. */
const LEAST_DOCKER = [20, 10] as const;
const LEAST_COMPOSE = [2, 24] as const;
/** The oldest that it was shown with (`npm run prove:podman`). */
const LEAST_PODMAN = [5, 4] as const;
/** The door's lower port. */
const LOWEST_PORT = 80;

/** What was tried beside looking at the machine; each undefined where it does not concern these answers. */
export interface Tried {
  /** How quickly a model answers that is there already. */
  readonly measured?: Measured | undefined;
  readonly synapse?: SynapseFacts | undefined;
  /** Names of the models that Ollama has; null: there is no Ollama. */
  readonly models?: readonly string[] | null | undefined;
  /** The private half of a backup key is printed, with nobody there who says that they have it. */
  readonly willShowKey?: boolean;
  /** What is wrong with the keys that the answers name for backups. */
  readonly backupKey?: BackupKeyFault | undefined;
  /** The model that `auto` comes to beside an Ollama of somebody else's, as the bot will choose it; null: that has none. */
  readonly speaking?: string | null | undefined;
  /** The model that an earlier run fetched: it stays. */
  readonly fetched?: string | undefined;
}

/** What usually breaks, judged before anything is changed. */
export function preflight(answers: Answers, facts: MachineFacts, tried: Tried = {}): Check[] {
  const { measured, synapse, models, willShowKey, backupKey } = tried;
  return [
    ...rights(answers, facts),
    ...processor(answers, facts),
    memory(answers, facts, models),
    ...model(answers, models),
    ...automatic(answers, facts, tried),
    ...speed(measured),
    disk(answers, facts),
    ...passage(facts),
    ...trust(answers, facts),
    ...encryption(facts),
    ...ports(facts),
    ...name(answers, facts),
    clock(facts),
    ...(willShowKey ? [check('warn', 'check.key-unattended', {})] : []),
    ...backupKeyOf(answers, backupKey),
    ...containers(answers, facts),
    ...(answers.kind === 'bare' && synapse !== undefined ? checkSynapse(answers, synapse) : []),
  ];
}

/** A model of somebody else's Ollama has to be there. */
function model({ model }: Answers, models: Tried['models']): Check[] {
  if (models === undefined || model === 'auto' || model === 'none') return [];
  if (models === null) return [check('warn', 'check.no-ollama', { model })];
  return hasModel(models, model) ? [] : [check('fail', 'check.no-model', { model, names: models.join(', ') })];
}

/** What `auto` came to, and why. That a machine can run none is told with its processor and memory. */
function automatic(answers: Answers, facts: MachineFacts, { models, speaking, fetched }: Tried): Check[] {
  if (answers.model !== 'auto') return [];
  if (answers.kind === 'bare') {
    if (models === undefined) return [];
    return [
      speaking
        ? check('ok', 'check.auto', { model: speaking, why: 'ollama' })
        : check('warn', 'check.auto-none', { hasOllama: models !== null }),
    ];
  }
  if (fetched !== undefined) return [check('ok', 'check.auto', { model: fetched, why: 'fetched' })];
  const { model, why } = fittingModel(facts, 'compose');
  return model === undefined || why === 'no-avx2' ? [] : [check('ok', 'check.auto', { model: model.name, why })];
}

/** Keys that seal nothing cost minutes, and a household half made, where they are found out when it is their turn. */
function backupKeyOf({ backupKey, data }: Answers, fault: Tried['backupKey']): Check[] {
  if (fault === undefined) return [];
  return [check(fault === 'others' ? 'warn' : 'fail', 'check.backup-key', { file: backupKey, data, fault })];
}

function rights(answers: Answers, { isRoot, hasSystemd }: MachineFacts): Check[] {
  const needsRoot = answers.kind === 'compose' || answers.start === 'systemd';
  const checks = needsRoot && !isRoot ? [check('fail', 'check.no-root', {})] : [check('ok', 'check.root', { isRoot })];
  if (answers.kind === 'bare' && answers.start === 'systemd' && !hasSystemd)
    checks.push(check('fail', 'check.no-systemd', {}));
  return checks;
}

function processor({ model }: Answers, { hasAvx2 }: MachineFacts): Check[] {
  if (hasAvx2 === null) return [check('warn', 'check.avx2-unknown', {})];
  if (hasAvx2) return [check('ok', 'check.avx2', {})];
  return [check('warn', 'check.no-avx2', { wantsModel: model !== 'none' })];
}

/** Which model this machine can run; what it does not tell is taken for good, as it is told beside. */
export function fittingModel({ memoryBytes, diskFreeBytes, hasAvx2 }: MachineFacts, kind: Answers['kind']): ModelFit {
  const disk = { diskFreeBytes: diskFreeBytes ?? Number.POSITIVE_INFINITY };
  return fitModel({ memoryBytes: memoryBytes ?? 0, ...disk, hasAvx2: hasAvx2 ?? true, kind });
}

function memory(answers: Answers, facts: MachineFacts, models: Tried['models']): Check {
  const { memoryBytes, swapBytes } = facts;
  if (memoryBytes === null) return check('warn', 'check.memory-unknown', {});
  const needed = PRODUCT_BYTES[answers.kind];
  if (memoryBytes + (swapBytes ?? 0) < needed) return check('fail', 'check.memory-short', { memoryBytes, needed });
  const fit = fittingModel(facts, answers.kind);
  const chosen = MODEL_SIZES.find((one) => one.name === answers.model);
  if (chosen !== undefined && chosen.memoryBytes > memoryBytes - needed)
    return check('warn', 'check.model-large', { model: chosen.name, memoryBytes, fits: fit.model?.name ?? '' });
  // Where no Ollama is, none of its models is spoken of.
  if (answers.model === 'none' || (answers.model === 'auto' && models === null))
    return check('ok', 'check.memory', { memoryBytes });
  return check('ok', 'check.memory-model', { memoryBytes, model: chosen?.name ?? fit.model?.name ?? '' });
}

function speed(measured: Measured | undefined): Check[] {
  if (measured === undefined) return [];
  const isSlow = measured.tokensPerSecond < LEAST_TOKENS_PER_SECOND;
  return [check(isSlow ? 'warn' : 'ok', 'check.speed', { ...measured, isSlow })];
}

function disk({ kind, data }: Answers, { diskFreeBytes }: MachineFacts): Check {
  if (diskFreeBytes === null) return check('warn', 'check.disk-unknown', { folder: data });
  const facts = { folder: data, freeBytes: diskFreeBytes, needed: LEAST_DISK[kind] };
  if (diskFreeBytes < GIB) return check('fail', 'check.disk', facts);
  return check(diskFreeBytes < LEAST_DISK[kind] ? 'warn' : 'ok', 'check.disk', facts);
}

function passage({ isRoot, closedFolder }: MachineFacts): Check[] {
  if (!isRoot || closedFolder === null) return [];
  return [check('fail', 'check.closed-folder', { folder: closedFolder })];
}

function trust(answers: Answers, { isRoot, othersFolder }: MachineFacts): Check[] {
  const isOwn = answers.kind === 'bare' && answers.start === 'detached';
  // Without the rights that it needs nothing is done at all.
  if (othersFolder === null || !(isRoot || isOwn)) return [];
  return [check('fail', 'check.others-folder', { ...othersFolder, isRoot })];
}

function encryption({ isEncrypted, hasPlainSwap }: MachineFacts): Check[] {
  const volume =
    isEncrypted === true
      ? check('ok', 'check.encrypted', {})
      : check('warn', 'check.not-encrypted', { isKnown: isEncrypted !== null });
  return hasPlainSwap === true ? [volume, check('warn', 'check.plain-swap', {})] : [volume];
}

function ports({ takenPorts }: MachineFacts): Check[] {
  return takenPorts.map((port) => check('fail', 'check.port', { port }));
}

function name(answers: Answers, { addresses }: MachineFacts): Check[] {
  if (answers.kind !== 'compose') return [];
  if (addresses !== null) return [check('ok', 'check.name', { host: answers.host, addresses: addresses.join(', ') })];
  return [
    check(answers.reach === 'internet' ? 'fail' : 'warn', 'check.no-name', {
      host: answers.host,
      isVpn: answers.reach === 'vpn',
    }),
  ];
}

function clock({ clockSynchronised }: MachineFacts): Check {
  if (clockSynchronised === null) return check('warn', 'check.clock-unknown', {});
  return clockSynchronised ? check('ok', 'check.clock', {}) : check('warn', 'check.clock-wrong', {});
}

function containers(answers: Answers, facts: MachineFacts): Check[] {
  if (answers.kind !== 'compose') return [];
  return [...engine(answers, facts), composeCheck(facts.compose)];
}

/** What answers as `docker` may be Podman; the answers may say which of them it has to be. */
function engine({ engine, podmanAccount }: ComposeAnswers, { docker, podman }: MachineFacts): Check[] {
  if (engine === 'podman' || (engine === undefined && podman !== null)) {
    const version = podman === null ? null : docker;
    if (podman === null || version === null || !isAtLeast(version, LEAST_PODMAN))
      return [check('fail', 'check.no-podman', { version: version ?? '', least: LEAST_PODMAN.join('.') })];
    const lacks = podmanLacks(podman, podmanAccount);
    return lacks.length > 0 ? lacks : [check('ok', 'check.podman', { version, account: podmanAccount ?? '' })];
  }
  return [
    docker !== null && podman === null && isAtLeast(docker, LEAST_DOCKER)
      ? check('ok', 'check.docker', { version: docker })
      : check('fail', 'check.no-docker', { version: podman ? '' : (docker ?? ''), least: LEAST_DOCKER.join('.') }),
  ];
}

function podmanLacks({ account, hasSocket }: PodmanFacts, name = ''): Check[] {
  const lacks = (what: SetupTexts['check.podman-lacks']['what'], uid = 0) =>
    check('fail', 'check.podman-lacks', { what, account: name, uid });
  if (account === null) return [lacks('account')];
  return [
    ...(account && !account.lingers ? [lacks('linger')] : []),
    ...(account && account.below === undefined ? [lacks('numbers')] : []),
    ...(account && account.lowestPort > LOWEST_PORT ? [lacks('ports')] : []),
    ...(hasSocket ? [] : [lacks('socket', account?.uid)]),
  ];
}

/** Who built it themselves has one without a number. */
function composeCheck(version: string | null): Check {
  const least = LEAST_COMPOSE.join('.');
  if (version !== null && !/\d/.test(version)) return check('warn', 'check.compose-unknown', { version, least });
  return version !== null && isAtLeast(version, LEAST_COMPOSE)
    ? check('ok', 'check.compose', { version })
    : check('fail', 'check.no-compose', { version: version ?? '', least });
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first > major || (first === major && second >= minor);
}
