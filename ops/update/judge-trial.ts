import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { compareKept, digestKept } from '../../core/kept-digest.ts';
import type { Logger } from '../../core/log.ts';
import type { UpdateTrial } from '../../core/update-trial.ts';
import type { Deployment } from './deployment.ts';
import { pendingUpdate } from './pending-update.ts';

/** How often the bot's heartbeat is looked at. */
const LOOK_MS = 500;

/** A heartbeat older than this is none: a bot on trial beats every second. */
const SILENCE_MS = 15_000;

/** What the judgement works with. */
export interface JudgeParts {
  readonly trial: UpdateTrial;
  readonly state: Pick<OpenState, 'control' | 'vault'>;
  readonly deployment: Pick<Deployment, 'currentVersion' | 'confirm' | 'goBack'>;
  /** Whether the homeserver answers. */
  readonly homeserverAnswers: (signal: AbortSignal) => Promise<boolean>;
  /** How long the bot has to go on well, in milliseconds. */
  readonly watchMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What ops found out about the new version. `other-version`: this process is not the one on trial, and judges nothing. */
export type Judgement = 'confirmed' | 'data-differs' | 'other-version';

/**
 * Ops of a new version judges the update that is on trial: all that was kept is there and unchanged, the homeserver answers, the bot of
 * this version has tested itself well and then goes on living for a while, without a restart. Then the helper is told; what is
 * wrong for good sends it back at once. Whatever hangs or dies needs no judge: the helper goes back when its time is up.
 */
export async function judgeTrial(parts: JudgeParts, signal: AbortSignal): Promise<Judgement> {
  const { trial, deployment, log } = parts;
  if (deployment.currentVersion !== trial.to) {
    log.info({ from: trial.from, to: trial.to }, 'on trial: waiting, because another version is');
    return 'other-version';
  }
  if (!isKept(parts)) {
    await deployment.goBack(trial.update, signal);
    return 'data-differs';
  }
  while (!(await parts.homeserverAnswers(signal))) await pause(LOOK_MS, undefined, { signal });
  await untilSteady(parts, signal);
  // What the bot did meanwhile must not have changed anything either.
  if (!isKept(parts)) {
    await deployment.goBack(trial.update, signal);
    return 'data-differs';
  }
  log.info('the new version works: confirming it');
  await deployment.confirm(trial.update, signal);
  return 'confirmed';
}

function isKept({ state, log }: JudgeParts): boolean {
  const before = pendingUpdate(state.control.facts);
  if (before === undefined) {
    log.error('nothing tells what was kept before the update');
    return false;
  }
  const { missing, changed } = compareKept(before.kept, digestKept(state));
  if (missing + changed > 0) log.error({ missing, changed }, 'the update changed what is kept');
  return missing + changed === 0;
}

/** Returns when one and the same bot has been well for the whole time. */
async function untilSteady(parts: JudgeParts, signal: AbortSignal): Promise<void> {
  let wellSince: number | undefined;
  let started: unknown;
  for (;;) {
    const now = parts.clock();
    const bot = startedWell(parts, now);
    if (bot === undefined || bot !== started) wellSince = bot === undefined ? undefined : now;
    started = bot;
    if (wellSince !== undefined && now - wellSince >= parts.watchMs) return;
    await pause(LOOK_MS, undefined, { signal });
  }
}

/** When the bot started that has tested itself well and lives; undefined while there is none. */
function startedWell({ state, trial }: JudgeParts, now: number): number | undefined {
  const heartbeat = state.control.heartbeats.of('bot');
  if (heartbeat === undefined || now - heartbeat.at > SILENCE_MS) return undefined;
  const { version, trial: update, selfTest, startedAt } = heartbeat.figures;
  return version === trial.to && update === trial.update && selfTest === 'ok' ? Number(startedAt) : undefined;
}
