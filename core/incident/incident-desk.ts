import { allRows } from '../audit-rows.ts';
import { newestProven } from '../backup/newest-proven.ts';
import type { Language } from '../caller.ts';
import { type Evidence, evidenceList } from './evidence-list.ts';
import { type IncidentRecord, type IncidentSources, type IncidentSpan, readIncident } from './incident-record.ts';
import { type IncidentReport, incidentReport } from './incident-report.ts';
import { type LastLockdown, lastLockdown } from './last-lockdown.ts';
import { lastRehearsal, type Rehearsal } from './rehearsal.ts';
import {
  beginRotation,
  noteRotated,
  ROTATED,
  type RotatedItem,
  type RotationGuide,
  rotationGuide,
  type Settled,
} from './rotation-guide.ts';
import type { RotationSeen } from './rotation-sight.ts';

/** Which act of the trail shows that an item was changed. */
const SHOWN_BY: Readonly<Record<string, readonly RotatedItem[]>> = {
  'keys.passphrase': ['passphrase'],
  'keys.recover': ['passphrase'],
  'keys.recovery-code': ['recovery-code'],
  'keys.rotate-master': ['master-key', 'recovery-code'],
  'keys.rotate': ['people-keys'],
  'command.keys-rotate': ['people-keys'],
  'password.changed': ['bot-password'],
  'api-keys.ended': ['api-keys'],
  'ssh-keys.changed': ['ssh-host-keys'],
  'wireguard.changed': ['wireguard'],
};

/** What the product alone changes, and always with a row in the trail. */
const BY_TRAIL: readonly RotatedItem[] = ['passphrase', 'recovery-code', 'master-key', 'people-keys'];

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
  readonly #look: () => RotationSeen;

  /** `look`: what can be seen now of what is changed; without one nothing can. */
  constructor(control: IncidentSources, look: () => RotationSeen = () => ({ prints: {}, absent: [] })) {
    this.#control = control;
    this.#look = look;
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
        if (rotationGuide(facts)?.items[item] === undefined)
          noteRotated(facts, item, { state: 'done', at, by: actor, seen: true });
    }
    return rotationGuide(facts);
  }

  beginRotation(at: number): RotationGuide {
    return beginRotation(this.#control.facts, at, this.#look());
  }

  /** What there is to change here: all but what this household does not have. */
  rotatable(): RotatedItem[] {
    const guide = rotationGuide(this.#control.facts);
    const absent = guide?.absent ?? this.#look().absent;
    return ROTATED.filter((item) => !absent.includes(item) || guide?.items[item] !== undefined);
  }

  /** Notes that somebody leaves an item as it is. */
  skip(item: RotatedItem, who: Pick<Settled, 'at' | 'by'>): void {
    noteRotated(this.#control.facts, item, { ...who, state: 'skipped' });
  }

  /** Notes that somebody says that they changed an item: as seen where it can be noticed. False, and nothing noted, when it can and is as it was. */
  noteDone(item: RotatedItem, who: Pick<Settled, 'at' | 'by'>): boolean {
    const guide = this.rotation();
    if (guide?.items[item]?.seen) return true;
    const change = this.#changeOf(item, guide);
    if (change === 'none') return false;
    noteRotated(this.#control.facts, item, { ...who, state: 'done', seen: change === 'seen' });
    return true;
  }

  #changeOf(item: RotatedItem, guide: RotationGuide | undefined): 'seen' | 'none' | 'unknown' {
    const [before, now] = [guide?.before?.[item], this.#look().prints[item]];
    if (before !== undefined && now !== undefined) return now.some((one) => before.includes(one)) ? 'none' : 'seen';
    return BY_TRAIL.includes(item) ? 'none' : 'unknown';
  }
}

/** What an act shows as changed; the keys of people only where all of them are new. */
function shownBy(action: string, target: string): readonly RotatedItem[] {
  const items = SHOWN_BY[action] ?? [];
  const isForAll = target === 'all' || !items.includes('people-keys');
  return isForAll ? items : [];
}
