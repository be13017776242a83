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
import type { BackupPlan } from '../backup/backup-plan.ts';
import type { HostHelper } from '../host/host-helper.ts';
import type { EvidenceSources } from './evidence-files.ts';
import type { EvidenceRecords } from './evidence-records.ts';
import { makeEvidence } from './make-evidence.ts';

interface LockedDeskParts {
  readonly stateDir: string;
  readonly helper: HostHelper | undefined;
  readonly backup: BackupPlan | undefined;
  readonly evidence: Pick<EvidenceSources, 'settings' | 'logFiles'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Closing takes a second where the helper works at all. */
const OUTSIDE_MS = 60_000;
/** Evidence at a lockdown goes without what the helper cannot copy in this time. */
const HELPER_MS = 90_000;

/**
 * What ops does in a lockdown, without any key of the household: it closes access from outside by the host helper, and keeps evidence, sealed
 * to the public keys of the backups. What it did stands in a file beside keys.json (core/incident/locked-work.ts), so that the locked bot can
 * say it and a restart goes on where it stopped. Used by ops/main.ts, between closing the stores and opening them again.
 */
export class LockedDesk {
  readonly #parts: LockedDeskParts;
  #working: Promise<void> = Promise.resolve();

  constructor(parts: LockedDeskParts) {
    this.#parts = parts;
  }

  /** Begins what is left to do, when there is a lockdown. `records`: what was read before the keys went. Never throws. */
  begin(records: EvidenceRecords | undefined, stop: AbortSignal): void {
    const at = lockdownAt(this.#parts.stateDir);
    if (at === undefined) return;
    this.#working = this.#work({ records, at, stop }).catch((thrown: unknown) =>
      this.#parts.log.error(
        { err: thrown, reference: reference() },
        'what is to be done in a lockdown could not be done',
      ),
    );
  }

  async #work(lockdown: { records: EvidenceRecords | undefined; at: number; stop: AbortSignal }): Promise<void> {
    const { stateDir } = this.#parts;
    const { at, stop } = lockdown;
    const before = readLockedWork(stateDir);
    let work: LockedWork = before?.at === at ? before : { at };
    const note = (more: Partial<LockedWork>) => {
      work = { ...work, ...more };
      writeLockedWork(stateDir, work);
    };
    if (work.outside === undefined) note({ outside: await this.#closeOutside(stop) });
    if (work.evidence === undefined) note(await this.#keepEvidence(lockdown));
  }

  async #closeOutside(signal: AbortSignal): Promise<LockedOutcome> {
    const { helper } = this.#parts;
    if (helper === undefined) return 'not-set-up';
    return this.#tried('outside', signal, async () => {
      const answer = await helper.ask({ verb: 'close-outside' }, { signal, timeoutMs: OUTSIDE_MS });
      return answer?.outcome === 'ok';
    });
  }

  async #keepEvidence({
    records,
    stop,
  }: {
    records: EvidenceRecords | undefined;
    stop: AbortSignal;
  }): Promise<Pick<LockedWork, 'evidence' | 'archive'>> {
    const { backup, evidence, helper, clock } = this.#parts;
    if (backup === undefined) return { evidence: 'not-set-up' };
    let archive: LockedWork['archive'];
    const kept = await this.#tried('evidence', stop, async () => {
      const sources = { ...evidence, records, helper, helperMs: HELPER_MS };
      archive = (await makeEvidence(backup, { sources, cause: 'lockdown', at: clock(), signal: stop })).evidence;
      return true;
    });
    return { evidence: kept, ...(archive && { archive }) };
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
   * Once unlocked: waits for what is under way, notes what was done in the trail, opens the outside again, and tells the ops room.
   * Nothing happens when there was no lockdown. Throws the signal's reason.
   */
  async settle(control: Control, stop: AbortSignal): Promise<void> {
    const { stateDir, clock } = this.#parts;
    await this.#working;
    stop.throwIfAborted();
    const work = readLockedWork(stateDir);
    if (work === undefined) return;
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
    const opened = work.outside === 'ok' || work.outside === 'failed' ? await this.#openOutside(stop) : undefined;
    note('outside.opened', opened);
    if (opened === 'ok') {
      alerts.clear('outside-closed');
      alerts.raise({ code: 'outside-open', severity: 'info' });
    }
    if (opened === 'failed') alerts.raise({ code: 'outside-closed', severity: 'critical', key: 'outside-closed' });
    removeLockedWork(stateDir);
  }

  #openOutside(signal: AbortSignal): Promise<LockedOutcome> {
    return this.#tried('open-outside', signal, async () => {
      const answer = await this.#parts.helper?.ask({ verb: 'open-outside' }, { signal, timeoutMs: OUTSIDE_MS });
      return answer?.outcome === 'ok';
    });
  }
}
