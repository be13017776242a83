import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { compareKept, digestKept } from '../../core/kept-digest.ts';
import { type Logger, reference } from '../../core/log.ts';
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
  /** Waits between looks; a test has another one. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Ops of a new version judges the update that is on trial: all that was kept is there and unchanged, the homeserver answers, the bot of
 * this version has tested itself well and then goes on living for a while, without a restart. Then the helper is told; what is
 * wrong for good sends it back at once. Whatever hangs or dies needs no judge: the helper goes back when its time is up, and so it does
 * when it does not hear the judgement. A process that is not the version on trial judges nothing. Throws the signal's reason.
 */
export async function judgeTrial(parts: JudgeParts, signal: AbortSignal): Promise<void> {
  const { trial, deployment, log } = parts;
  if (deployment.currentVersion !== trial.to) {
    log.info({ from: trial.from, to: trial.to }, 'on trial: waiting, because another version is');
    return;
  }
  if (!isKept(parts)) return tell(parts, 'goBack', signal);
  while (!(await parts.homeserverAnswers(signal))) await rest(parts, signal);
  await untilSteady(parts, signal);
  // What the bot did meanwhile must not have changed anything either.
  if (!isKept(parts)) return tell(parts, 'goBack', signal);
  log.info('the new version works: confirming it');
  await tell(parts, 'confirm', signal);
}

/** Tells the helper the judgement. Its own watch decides when it does not take it: that is logged, and no reason to end. */
async function tell(
  { deployment, trial, log }: JudgeParts,
  verdict: 'confirm' | 'goBack',
  signal: AbortSignal,
): Promise<void> {
  try {
    const answer = await deployment[verdict](trial.update, signal);
    if (answer?.outcome === 'ok') return;
    log.error({ verdict, reason: answer?.facts.reason }, 'the host helper did not take the judgement');
  } catch (thrown) {
    signal.throwIfAborted();
    log.error({ err: thrown, verdict, reference: reference() }, 'the judgement could not be told to the host helper');
  }
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

/** Returns when one and the same bot has been well for the whole time, by its own beats from the first to the last. */
async function untilSteady(parts: JudgeParts, signal: AbortSignal): Promise<void> {
  let first: WellBeat | undefined;
  for (;;) {
    const beat = wellBeat(parts);
    if (beat?.startedAt !== first?.startedAt) first = beat;
    if (beat !== undefined && first !== undefined && beat.at - first.at >= parts.watchMs) return;
    await rest(parts, signal);
  }
}

/** Until the next look. Throws the signal's reason. */
async function rest({ pause }: JudgeParts, signal: AbortSignal): Promise<void> {
  await (pause?.(LOOK_MS, signal) ?? sleep(LOOK_MS, undefined, { signal }));
  signal.throwIfAborted();
}

interface WellBeat {
  readonly at: number;
  readonly startedAt: number;
}

/** The last beat of a bot that has tested itself well and lives; undefined while there is none. */
function wellBeat({ state, trial, clock }: JudgeParts): WellBeat | undefined {
  const heartbeat = state.control.heartbeats.of('bot');
  if (heartbeat === undefined || clock() - heartbeat.at > SILENCE_MS) return undefined;
  const { version, trial: update, selfTest, startedAt } = heartbeat.figures;
  const isWell = version === trial.to && update === trial.update && selfTest === 'ok';
  return isWell ? { at: heartbeat.at, startedAt: Number(startedAt) } : undefined;
}
