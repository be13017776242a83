import type { TenantId } from '../caller.ts';
import type { Control } from '../control.ts';
import { DAILY_KEPT_DAYS } from '../daily-figures.ts';
import { isDamaged } from '../damaged-store.ts';
import type { DocumentInfo } from '../document.ts';
import type { JobRun } from '../job.ts';
import { type Logger, reference } from '../log.ts';
import type { Person } from '../people.ts';
import type { FamilyRoom } from '../rooms.ts';
import type { TenantReader, Vault } from '../tenant.ts';
import { cutoff, DAY_MS } from './age.ts';
import { agesFor, type PersonAges, type RetentionPolicy, roomAges } from './policy.ts';
import { choicesOf, documentsDue, documentsToName, expiredOf, noteNamed, removeExpired } from './tenant-retention.ts';

/** What the sweep needs. The callbacks queue a message by a name made of its facts, so that a repeat is none. */
export interface SweepParts {
  readonly vault: Vault;
  readonly control: Pick<Control, 'people' | 'audit' | 'jobs' | 'alerts' | 'daily'>;
  readonly policy: RetentionPolicy;
  /** Whose things are looked at. */
  readonly people: readonly Person[];
  /** These documents will go in a week, because they are this old then. */
  readonly onSoon: (person: Person, documents: readonly DocumentInfo[], days: number) => void;
  readonly onGone: (person: Person, documents: readonly DocumentInfo[], days: number) => void;
  /** Missing where nobody can be told in family rooms now: their papers wait then. */
  readonly families?: RoomNotices & { readonly rooms: readonly FamilyRoom[] };
  readonly log: Logger;
}

/** The same said to the people of a family room. */
export interface RoomNotices {
  readonly onSoon: (room: FamilyRoom, documents: readonly DocumentInfo[], days: number) => void;
  readonly onGone: (room: FamilyRoom, documents: readonly DocumentInfo[], days: number) => void;
}

type Counts = Record<'conversations' | 'documents' | 'badAnswers' | 'auditRows' | 'jobRecords' | 'alerts', number>;

/**
 * Removes everything that was kept long enough, for everybody and for the house, and records the run where something went
 * or a day has passed. It looks at what is there and at no calendar: whatever a stopped machine missed goes at the next
 * call, and a kill at any line leaves work for it. One person's trouble keeps nobody else's from going; it is recorded as a
 * failed run. Called by the bot's housekeeping every hour; never throws for what one step throws.
 */
export function sweepRetention(parts: SweepParts, now: number): void {
  const gone: Counts = { conversations: 0, documents: 0, badAnswers: 0, auditRows: 0, jobRecords: 0, alerts: 0 };
  const failures: unknown[] = [];
  const attempt = (step: () => void) => {
    try {
      step();
    } catch (thrown) {
      // A file that nobody can read is told of by itself, and keeps nobody else's things from going.
      if (!isDamaged(thrown)) failures.push(thrown);
    }
  };
  for (const person of parts.people) attempt(() => sweepPerson(parts, person, { now, gone }));
  for (const { tenant, kind } of parts.control.people.tenants())
    if (kind === 'room') attempt(() => sweepRoom(parts, tenant, { now, gone }));
  attempt(() => sweepHouse(parts, now, gone));
  record(parts, now, { gone, failures });
}

function sweepPerson(parts: SweepParts, person: Person, at: SweptAt): void {
  const { policy, onSoon, onGone } = parts;
  sweepTenant(parts, at, {
    tenant: person.tenant,
    agesOf: (reader) => agesFor(policy, choicesOf(reader)),
    onSoon: (documents, days) => onSoon(person, documents, days),
    onGone: (documents, days) => onGone(person, documents, days),
  });
}

/** A family room's papers go only where they can be named to the people in it; what was asked there goes in any case, marked answers with it. */
function sweepRoom({ families, ...parts }: SweepParts, tenant: TenantId, at: SweptAt): void {
  const { chat, documents } = roomAges(parts.policy);
  const room = families?.rooms.find((one) => one.tenant === tenant && one.emptySince === null);
  sweepTenant(parts, at, {
    tenant,
    agesOf: () => ({ chat, documents: room === undefined ? 'forever' : documents, badAnswers: chat }),
    onSoon: (going, days) => families?.onSoon(room!, going, days),
    onGone: (gone, days) => families?.onGone(room!, gone, days),
  });
}

interface SweptAt {
  readonly now: number;
  readonly gone: Counts;
}

interface SweptTenant {
  readonly tenant: TenantId;
  readonly agesOf: (reader: TenantReader) => PersonAges;
  readonly onSoon: (documents: readonly DocumentInfo[], days: number) => void;
  readonly onGone: (documents: readonly DocumentInfo[], days: number) => void;
}

function sweepTenant(
  { vault, control }: Omit<SweepParts, 'families'>,
  { now, gone }: SweptAt,
  whose: SweptTenant,
): void {
  const { tenant, agesOf, onSoon, onGone } = whose;
  const system = control.people.systemCaller(tenant);
  const { ages, soon, expired } = vault.read(system, (reader) => {
    const ages = agesOf(reader);
    const found = expiredOf(reader, ages, now);
    return {
      ages,
      soon: documentsToName(reader, ages, now),
      expired: { ...found, documents: documentsDue(reader, found, now) },
    };
  });
  const days = ages.documents === 'forever' ? 0 : ages.documents;
  // Queued before it is noted: a kill between the two queues the same message again, which is none.
  if (soon.length > 0) {
    onSoon(soon, days);
    const numbers = soon.map(({ number }) => number);
    vault.write(system, (writer) => noteNamed(writer, ages, { numbers, now }));
  }
  if (expired.chat + expired.badAnswers.length + expired.documents.length === 0) return;
  if (expired.documents.length > 0) onGone(expired.documents, days);
  vault.write(system, (writer) => {
    removeExpired(writer, expired, cutoff(ages.chat, now));
    noteNamed(writer, ages, { numbers: [], now });
  });
  if (expired.documents.length > 0) {
    const target = `${tenant}/${expired.documents.map(({ number }) => number).join(',')}`;
    control.audit.append({ at: now, actor: 'system', action: 'retention.applied', target, outcome: 'done' });
  }
  gone.conversations += expired.chat;
  gone.documents += expired.documents.length;
  gone.badAnswers += expired.badAnswers.length;
}

function sweepHouse({ control, policy }: SweepParts, now: number, gone: Counts): void {
  const { audit, jobs, alerts } = policy.house;
  const before = (age: typeof audit, remove: (time: number) => number) => {
    const time = cutoff(age, now);
    return time === undefined ? 0 : remove(time);
  };
  gone.jobRecords += before(jobs, (time) => control.jobs.removeBefore(time));
  gone.alerts += before(alerts, (time) => control.alerts.removeBefore(time));
  before(DAILY_KEPT_DAYS, (time) => control.daily.removeBefore(time));
  // Last: a broken trail throws, and is the audit job's to report.
  gone.auditRows += before(audit, (time) => control.audit.removeBefore(time, now));
}

function record(
  { control, log }: SweepParts,
  now: number,
  result: { gone: Counts; failures: readonly unknown[] },
): void {
  const { gone, failures } = result;
  const figures: JobRun['figures'] = { ...gone, ...(failures.length > 0 && { failures: failures.length }) };
  const total = Object.values(gone).reduce((sum, count) => sum + count, 0);
  const last = control.jobs.last('retention');
  const isDue = last === undefined || now - last.startedAt >= DAY_MS;
  if (total === 0 && failures.length === 0 && !isDue) return;
  const ref = failures.length === 0 ? undefined : reference();
  for (const err of failures) log.error({ err, reference: ref }, 'retention: a step failed');
  const id = control.jobs.start('retention', 'schedule', now);
  const outcome = failures.length === 0 ? 'ok' : 'failed';
  control.jobs.finish(id, { at: now, outcome, figures, ...(ref !== undefined && { reference: ref }) });
  const key = 'job-failed:retention';
  if (ref === undefined) control.alerts.clear(key);
  else
    control.alerts.raise({ code: 'job-failed', severity: 'warning', key, facts: { job: 'retention', reference: ref } });
}
