import type { TenantId } from '../caller.ts';
import type { Control } from '../control.ts';
import type { DocumentInfo } from '../document.ts';
import type { JobRun } from '../job.ts';
import { type Logger, reference } from '../log.ts';
import type { Person } from '../people.ts';
import type { Vault } from '../tenant.ts';
import { cutoff, DAY_MS } from './age.ts';
import { agesFor, type RetentionPolicy } from './policy.ts';
import { choicesOf, documentsDue, documentsToName, expiredOf, noteNamed, removeExpired } from './tenant-retention.ts';

/** What the sweep needs. The callbacks queue a message by a name made of its facts, so that a repeat is none. */
export interface SweepParts {
  readonly vault: Vault;
  readonly control: Pick<Control, 'people' | 'audit' | 'jobs' | 'alerts'>;
  readonly policy: RetentionPolicy;
  /** Whose things are looked at. */
  readonly people: readonly Person[];
  /** These documents will go in a week, because they are this old then. */
  readonly onSoon: (person: Person, documents: readonly DocumentInfo[], days: number) => void;
  readonly onGone: (person: Person, documents: readonly DocumentInfo[], days: number) => void;
  readonly log: Logger;
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
      failures.push(thrown);
    }
  };
  for (const person of parts.people) attempt(() => sweepPerson(parts, person, { now, gone }));
  for (const { tenant, kind } of parts.control.people.tenants())
    if (kind === 'room') attempt(() => sweepRoom(parts, tenant, { now, gone }));
  attempt(() => sweepHouse(parts, now, gone));
  record(parts, now, { gone, failures });
}

function sweepPerson(parts: SweepParts, person: Person, { now, gone }: { now: number; gone: Counts }): void {
  const { vault, control, policy } = parts;
  const system = control.people.systemCaller(person.tenant);
  const { ages, soon, expired } = vault.read(system, (reader) => {
    const ages = agesFor(policy, choicesOf(reader));
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
    parts.onSoon(person, soon, days);
    const numbers = soon.map(({ number }) => number);
    vault.write(system, (writer) => noteNamed(writer, ages, { numbers, now }));
  }
  if (expired.chat + expired.badAnswers.length + expired.documents.length === 0) return;
  if (expired.documents.length > 0) parts.onGone(person, expired.documents, days);
  vault.write(system, (writer) => {
    removeExpired(writer, expired, cutoff(ages.chat, now));
    noteNamed(writer, ages, { numbers: [], now });
  });
  if (expired.documents.length > 0) {
    const target = `${person.tenant}/${expired.documents.map(({ number }) => number).join(',')}`;
    control.audit.append({ at: now, actor: 'system', action: 'retention.applied', target, outcome: 'done' });
  }
  gone.conversations += expired.chat;
  gone.documents += expired.documents.length;
  gone.badAnswers += expired.badAnswers.length;
}

/** Ids of messages go by when they came, turns by when they were asked: a question may have waited for its turn. */
const ROOM_MARGIN_MS = DAY_MS;

/**
 * What was asked in a family room, marked answers among it, goes by the house's own rule, and before the ids of its messages do: by them an erasure
 * finds what somebody asked there. Its papers stay until somebody forgets them.
 */
function sweepRoom(
  { vault, control, policy }: SweepParts,
  tenant: TenantId,
  { now, gone }: { now: number; gone: Counts },
): void {
  const ids = cutoff(policy.house.ids, now);
  const before = Math.max(cutoff(agesFor(policy, {}).chat, now) ?? 0, ids === undefined ? 0 : ids + ROOM_MARGIN_MS);
  const system = control.people.systemCaller(tenant);
  const expired = vault.read(system, (reader) => ({
    turns: reader.turnsBefore(before),
    bad: reader.badAnswers().flatMap(({ event, at }) => (at < before ? [event] : [])),
  }));
  if (expired.turns + expired.bad.length === 0) return;
  vault.write(system, (writer) => {
    writer.forgetTurnsBefore(before);
    for (const event of expired.bad) writer.forgetBadAnswer(event);
  });
  gone.conversations += expired.turns;
  gone.badAnswers += expired.bad.length;
}

function sweepHouse({ control, policy }: SweepParts, now: number, gone: Counts): void {
  const { audit, jobs, alerts } = policy.house;
  const before = (age: typeof audit, remove: (time: number) => number) => {
    const time = cutoff(age, now);
    return time === undefined ? 0 : remove(time);
  };
  gone.jobRecords += before(jobs, (time) => control.jobs.removeBefore(time));
  gone.alerts += before(alerts, (time) => control.alerts.removeBefore(time));
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
