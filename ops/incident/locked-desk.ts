import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { Control } from '../../core/control.ts';
import { rememberEvidence } from '../../core/incident/evidence-list.ts';
import { rememberLockdown } from '../../core/incident/last-lockdown.ts';
import {
  type LockedOutcome,
  type LockedWork,
  readLockedWork,
  removeLockedWork,
  writeLockedWork,
} from '../../core/incident/locked-work.ts';
import { lockdownAt } from '../../core/keys/lockdown.ts';
import { type Logger, reference } from '../../core/log.ts';
import { untilAborted } from '../../core/until-aborted.ts';
import type { BackupPlan } from '../backup/backup-plan.ts';
import type { Remote } from '../backup/remote.ts';
import type { HostHelper } from '../host/host-helper.ts';
import type { EvidenceSources } from './evidence-files.ts';
import type { EvidenceRecords } from './evidence-records.ts';
import { evidenceFile, type MadeEvidence, makeEvidence } from './make-evidence.ts';

interface LockedDeskParts {
  readonly stateDir: string;
  readonly helper: HostHelper | undefined;
  readonly backup: BackupPlan | undefined;
  /** Where evidence is sent at once. */
  readonly remotes: readonly Remote[];
  readonly evidence: Pick<EvidenceSources, 'settings' | 'logFiles'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** After so long closing and sending are tried again; half a minute and five where not given. */
  readonly retryMs?: number;
}

/** A lockdown and how far we are with it: kept here as well, because a full disk may not take it. */
interface Current {
  work: LockedWork;
  readonly lifted: AbortController;
}

interface Lockdown {
  readonly records: EvidenceRecords | undefined;
  readonly at: number;
  readonly stop: AbortSignal;
}

/** Closing takes a second where the helper works at all. */
const OUTSIDE_MS = 60_000;
/** The helper may be busy for an hour: it is asked again until the outside is closed. */
const RETRY_MS = 30_000;
/** A remote may be away for hours. */
const SEND_RETRY_MS = 5 * 60_000;
/** Evidence at a lockdown goes without what the helper cannot copy in this time. */
const HELPER_MS = 90_000;

/**
 * What ops does in a lockdown, without any key of the household: it closes access from outside by the host helper, and keeps evidence, sealed
 * to the public keys of the backups, here and at the remotes. What it did stands in a file beside keys.json (core/incident/locked-work.ts), so that the locked bot can
 * say it and a restart goes on where it stopped. Used by ops/main.ts, between closing the stores and opening them again.
 */
export class LockedDesk {
  readonly #parts: LockedDeskParts;
  #working: Promise<unknown> = Promise.resolve();
  #current: Current | undefined;

  constructor(parts: LockedDeskParts) {
    this.#parts = parts;
  }

  /** Begins what is left to do, when there is a lockdown. `records`: what was read before the keys went. Never throws. */
  begin(records: EvidenceRecords | undefined, stop: AbortSignal): void {
    const at = lockdownAt(this.#parts.stateDir);
    if (at === undefined) return;
    const begun = this.#work({ records, at, stop }).catch((thrown: unknown) =>
      this.#parts.log.error(
        { err: thrown, reference: reference() },
        'what is to be done in a lockdown could not be done',
      ),
    );
    // What an earlier lockdown left under way goes on beside it.
    this.#working = Promise.all([this.#working, begun]);
  }

  async #work(lockdown: Lockdown): Promise<void> {
    const { at, stop } = lockdown;
    const before = readLockedWork(this.#parts.stateDir);
    const current: Current = { work: before?.at === at ? before : { at }, lifted: new AbortController() };
    this.#current?.lifted.abort();
    this.#current = current;
    // Before anything is done: who finds this after a crash opens the outside again, whatever was closed.
    this.#note(current, {});
    if (current.work.outside === undefined) this.#note(current, { outside: await this.#closeOutside(stop) });
    const closing = this.#closeAtLast(current, stop);
    if (current.work.evidence === undefined) this.#note(current, await this.#keepEvidence(lockdown));
    await Promise.all([closing, this.#sendAway(current, stop)]);
  }

  /** A disk that is full keeps nothing from being done: what could not be written is known here. */
  #note(current: Current, more: Partial<LockedWork>): void {
    current.work = { ...current.work, ...more };
    if (this.#current !== current) return;
    try {
      writeLockedWork(this.#parts.stateDir, current.work);
    } catch (thrown) {
      this.#parts.log.error(
        { err: thrown, reference: reference() },
        'what was done in the lockdown could not be noted',
      );
    }
  }

  /** Asks again after a failure, until the outside is closed, the lockdown is lifted, or the process stops. */
  async #closeAtLast(current: Current, stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stop, current.lifted.signal]);
    while (current.work.outside === 'failed') {
      await pause(this.#parts.retryMs ?? RETRY_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const outside = await this.#closeOutside(signal).catch(() => 'failed' as const);
      if (outside === 'ok') this.#note(current, { outside });
    }
  }

  async #closeOutside(signal: AbortSignal): Promise<LockedOutcome> {
    const { helper } = this.#parts;
    if (helper === undefined) return 'not-set-up';
    return this.#tried('outside', signal, async () => {
      const answer = await helper.ask({ verb: 'close-outside' }, { signal, timeoutMs: OUTSIDE_MS });
      return answer?.outcome === 'ok';
    });
  }

  async #keepEvidence({ records, stop }: Lockdown): Promise<Pick<LockedWork, 'evidence' | 'archive' | 'missing'>> {
    const { backup, evidence, helper, clock } = this.#parts;
    if (backup === undefined) return { evidence: 'not-set-up' };
    let made: MadeEvidence | undefined;
    const kept = await this.#tried('evidence', stop, async () => {
      const sources = { ...evidence, records, helper, helperMs: HELPER_MS };
      made = await makeEvidence(backup, { sources, cause: 'lockdown', at: clock(), signal: stop });
      return true;
    });
    return { evidence: kept, ...(made && { archive: made.evidence, missing: [...made.missing] }) };
  }

  /**
   * Evidence goes to every remote: this machine may be somebody else’s by now. Tried again until all have it, the lockdown is lifted (then
   * the job `sendBeside` goes on), or the process stops.
   */
  async #sendAway(current: Current, stop: AbortSignal): Promise<void> {
    const { backup, remotes } = this.#parts;
    const { archive } = current.work;
    if (archive === undefined || backup === undefined) return;
    const signal = AbortSignal.any([stop, current.lifted.signal]);
    const { bytes, sha256 } = archive;
    const file = { ...evidenceFile(backup.localDir, archive.name), bytes, sha256 };
    const sentTo = () => current.work.sentTo ?? [];
    for (;;) {
      for (const remote of remotes.filter(({ name }) => !sentTo().includes(name))) {
        const sent = await this.#tried('send-evidence', signal, async () => {
          await remote.send(file, { signal });
          return true;
        }).catch(() => 'failed' as const);
        if (signal.aborted) return;
        if (sent === 'ok') this.#note(current, { sentTo: [...sentTo(), remote.name] });
      }
      if (sentTo().length >= remotes.length) return;
      await pause(this.#parts.retryMs ?? SEND_RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** A step that fails is told, and does not keep the next from being done. A stop of the process is no failure: the next start goes on. */
  async #tried(step: string, stop: AbortSignal, act: () => Promise<boolean>): Promise<LockedOutcome> {
    try {
      return (await act()) ? 'ok' : 'failed';
    } catch (thrown) {
      stop.throwIfAborted();
      this.#parts.log.error({ err: thrown, step, reference: reference() }, 'a step of the lockdown failed');
      return 'failed';
    }
  }

  /**
   * Once unlocked: waits for what is under way, opens the outside again, notes what was done in the trail, and tells the ops room.
   * Nothing happens when there was no lockdown. `stop`: the process ends, or a second lockdown began. Throws the signal's reason.
   */
  async settle(control: Control, stop: AbortSignal): Promise<void> {
    const { stateDir, clock } = this.#parts;
    this.#current?.lifted.abort();
    await Promise.race([this.#working, untilAborted(stop)]);
    stop.throwIfAborted();
    const work = this.#current?.work ?? readLockedWork(stateDir);
    if (work === undefined) return;
    // First of all: nothing that fails below may leave a household closed.
    const opened = this.#mayBeClosed(work) ? await this.#openOutside(stop) : undefined;
    const { audit, facts, alerts } = control;
    const note = (action: string, result: LockedOutcome | undefined, target = '-') => {
      if (result === undefined || result === 'not-set-up') return;
      const outcome = result === 'ok' ? 'done' : 'failed';
      audit.append({ at: clock(), actor: 'system', action, target, outcome });
    };
    if (work.archive) rememberEvidence(facts, work.archive);
    rememberLockdown(facts, { ...work, liftedAt: clock() });
    note('outside.closed', work.outside);
    note('evidence.made', work.evidence, work.archive?.name);
    note('outside.opened', opened);
    if (opened === 'ok') {
      alerts.clear('outside-closed');
      alerts.raise({ code: 'outside-open', severity: 'info' });
    }
    if (opened === 'failed') alerts.raise({ code: 'outside-closed', severity: 'critical', key: 'outside-closed' });
    removeLockedWork(stateDir);
    this.#current = undefined;
  }

  /** Also when nobody knows: a step that was cut off may have closed it. */
  #mayBeClosed({ outside }: LockedWork): boolean {
    if (outside === undefined) return this.#parts.helper !== undefined;
    return outside !== 'not-set-up';
  }

  #openOutside(signal: AbortSignal): Promise<LockedOutcome> {
    return this.#tried('open-outside', signal, async () => {
      const answer = await this.#parts.helper?.ask({ verb: 'open-outside' }, { signal, timeoutMs: OUTSIDE_MS });
      return answer?.outcome === 'ok';
    });
  }
}
