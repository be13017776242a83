import { allRows } from '../audit-rows.ts';
import { newestProven } from '../backup/newest-proven.ts';
import type { Language } from '../caller.ts';
import { type Evidence, evidenceList } from './evidence-list.ts';
import { type IncidentRecord, type IncidentSources, type IncidentSpan, readIncident } from './incident-record.ts';
import { type IncidentReport, incidentReport } from './incident-report.ts';
import { type LastLockdown, lastLockdown } from './last-lockdown.ts';
import { lastRehearsal, type Rehearsal } from './rehearsal.ts';
import { beginRotation, noteRotated, type RotatedItem, type RotationGuide, rotationGuide } from './rotation-guide.ts';

/** Which act of the trail shows that an item was changed. */
const SHOWN_BY: Readonly<Record<string, readonly RotatedItem[]>> = {
  'keys.passphrase': ['passphrase'],
  'keys.recover': ['passphrase'],
  'keys.recovery-code': ['recovery-code'],
  'keys.rotate-master': ['master-key', 'recovery-code'],
  'keys.rotate': ['people-keys'],
  'command.keys-rotate': ['people-keys'],
  'password.changed': ['bot-password'],
  'ssh-keys.changed': ['ssh-host-keys'],
  'wireguard.changed': ['wireguard'],
};

/** Where a household stands with the steps of an incident; undefined each where there was none yet. */
export interface IncidentState {
  readonly lockdown: LastLockdown | undefined;
  readonly evidence: Evidence | undefined;
  readonly rotation: RotationGuide | undefined;
  /** When the newest backup that was proven was made. */
  readonly provenAt: number | undefined;
  readonly rehearsal: Rehearsal | undefined;
}

/** The steps of an incident, as far as the control store knows them. For the commands of the ops room. */
export class IncidentDesk {
  readonly #control: IncidentSources;

  constructor(control: IncidentSources) {
    this.#control = control;
  }

  state(now: number): IncidentState {
    const { facts, backups } = this.#control;
    return {
      lockdown: lastLockdown(facts),
      evidence: evidenceList(facts).find(({ cause }) => cause !== 'rehearsal'),
      rotation: this.rotation(),
      provenAt: newestProven(backups.all(), now)?.madeAt,
      rehearsal: lastRehearsal(facts),
    };
  }

  report(language: Language, span: IncidentSpan): { readonly record: IncidentRecord; readonly report: IncidentReport } {
    this.rotation();
    const record = readIncident(this.#control, span);
    return { record, report: incidentReport(language, record) };
  }

  /** The guide, with what the trail shows as done since it began; undefined when there is none. */
  rotation(): RotationGuide | undefined {
    const { audit, facts } = this.#control;
    const before = rotationGuide(facts);
    if (before === undefined) return undefined;
    for (const { at, action, target, actor, outcome } of allRows(audit)) {
      if (at < before.startedAt || outcome !== 'done') continue;
      for (const item of shownBy(action, target))
        if (rotationGuide(facts)?.items[item] === undefined) noteRotated(facts, item, { state: 'done', at, by: actor });
    }
    return rotationGuide(facts);
  }

  beginRotation(at: number): RotationGuide {
    return beginRotation(this.#control.facts, at);
  }

  noteRotated(item: RotatedItem, what: { state: 'done' | 'skipped'; at: number; by: string }): RotationGuide {
    return noteRotated(this.#control.facts, item, what);
  }
}

/** What an act shows as changed; the keys of people only where all of them are new. */
function shownBy(action: string, target: string): readonly RotatedItem[] {
  const items = SHOWN_BY[action] ?? [];
  const isForAll = target === 'all' || !items.includes('people-keys');
  return isForAll ? items : [];
}
