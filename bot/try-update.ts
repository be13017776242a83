import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { Clock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { errorCode } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type UpdateTrial, untilTrialOver } from '../core/update-trial.ts';
import { CryptoMachine } from './matrix/crypto-machine.ts';
import type { Homeserver, Session } from './matrix/homeserver.ts';
import { type SelfTestParts, type SelfTestResult, selfTest } from './self-test.ts';

/** How often the bot shows that it lives; ops watches for half a minute and more. */
const BEAT_MS = 1000;

/** After a self-test that failed: the homeserver may be starting, too. */
const AGAIN_MS = 3000;

/** What a bot on trial works with. */
export interface TryUpdateParts {
  readonly trial: UpdateTrial;
  readonly stateDir: string;
  readonly state: OpenState;
  readonly db: Database;
  readonly session: Session;
  readonly homeserver: Homeserver;
  readonly vectors: SelfTestParts['vectors'];
  readonly version: string;
  readonly onStoreFailure: (error: unknown) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The bot of a new version, while it is on trial: tests itself, tells ops the result by its heartbeat, and serves nobody. Returns
 * once the trial is over; throws the signal's reason when the process is stopped before.
 */
export async function tryUpdate(parts: TryUpdateParts, signal: AbortSignal): Promise<void> {
  const { trial, stateDir, log } = parts;
  log.info({ from: trial.from, to: trial.to }, 'on trial: testing, and serving nobody until the update is confirmed');
  const over = new AbortController();
  const during = AbortSignal.any([signal, over.signal]);
  let result: SelfTestResult | 'running' | 'failed' = 'running';
  const startedAt = parts.clock();
  const beat = () =>
    parts.state.control.heartbeats.beat({
      process: 'bot',
      at: parts.clock(),
      figures: { version: parts.version, startedAt, trial: trial.update, selfTest: result },
    });
  const beating = setInterval(beat, BEAT_MS);
  const testing = testUntilWell(parts, during, (now) => {
    result = now;
    beat();
  });
  try {
    beat();
    await untilTrialOver(stateDir, signal);
    log.info('the trial is over');
  } finally {
    clearInterval(beating);
    over.abort();
    await testing;
  }
}

async function testUntilWell(
  parts: TryUpdateParts,
  signal: AbortSignal,
  tell: (result: SelfTestResult | 'failed') => void,
): Promise<void> {
  while (!signal.aborted) {
    const result = await testOnce(parts).catch((thrown: unknown) => {
      parts.log.error({ err: thrown, code: errorCode(thrown) }, 'the self-test could not be done');
      return 'failed' as const;
    });
    if (signal.aborted) return;
    parts.log.info({ result }, 'self-test');
    tell(result);
    if (result === 'ok') return;
    await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function testOnce(parts: TryUpdateParts): Promise<SelfTestResult> {
  const { db, session, homeserver, onStoreFailure } = parts;
  const crypto = await CryptoMachine.open({
    ...{ db, session, homeserver, onStoreFailure },
    onRoomKeys: () => undefined,
    sendRoomEvent: () => Promise.reject(new Error('a bot on trial sends nothing')),
    seeIdentity: () => false,
  });
  try {
    return await selfTest({ ...parts, crypto });
  } finally {
    await crypto.close();
  }
}
