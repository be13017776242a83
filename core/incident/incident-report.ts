import type { Language } from '../caller.ts';
import type { IncidentEvent, IncidentRecord } from './incident-record.ts';
import { GERMAN } from './report/de.ts';
import { ENGLISH } from './report/en.ts';
import { type Block, type Paper, paperHtml, paperMarkdown } from './report/paper.ts';
import type { ReportWords } from './report/words.ts';
import { ROTATED } from './rotation-guide.ts';

const WORDS: Readonly<Record<Language, ReportWords>> = { en: ENGLISH, de: GERMAN };

/** A report as files. `name` is without its ending. */
export interface IncidentReport {
  readonly name: string;
  readonly markdown: string;
  readonly html: string;
}

/**
 * The report of an incident in one language, filled with what the records tell; what only a human can know is marked. For
 * `!incident report`, `kinkeeper incident report` and the rehearsal.
 */
export function incidentReport(language: Language, record: IncidentRecord): IncidentReport {
  const words = WORDS[language];
  const paper: Paper = {
    language,
    title: record.isRehearsal ? `${words.title} (REHEARSAL)` : words.title,
    parts: [summary, affected, whatWasDone, rotated, timeline, human, duty].map((part, index) => ({
      heading: words.headings[index]!,
      blocks: part(words, record),
    })),
  };
  const day = new Date(record.to).toISOString().slice(0, 10);
  const name = record.isRehearsal ? `incident-REHEARSAL-${day}` : `incident-${day}`;
  return { name, markdown: paperMarkdown(paper), html: paperHtml(paper) };
}

function summary(words: ReportWords, { isRehearsal, from, to, begins, anchor }: IncidentRecord): Block[] {
  return [
    ...(isRehearsal ? [text(`[[${words.rehearsal}]]`)] : []),
    text(words.span(moment(from), moment(to), begins)),
    text(anchor === null ? words.trailBroken : words.trail(anchor.rows, anchor.hash)),
  ];
}

function affected(words: ReportWords, record: IncidentRecord): Block[] {
  return [text(words.affected(record)), list(words.affectedOpen)];
}

function whatWasDone(
  words: ReportWords,
  { lockdown, evidence, provenBackup, rehearsal, from, to }: IncidentRecord,
): Block[] {
  const isInside = lockdown !== undefined && lockdown.liftedAt >= from && lockdown.at <= to;
  const locked = isInside
    ? [words.lockdown(moment(lockdown.at), moment(lockdown.liftedAt)), words.outside[lockdown.outside ?? 'failed']]
    : [words.noLockdown];
  const kept = evidence.map((one) => words.evidence({ ...one, at: moment(one.madeAt) }));
  const backup = provenBackup ? words.backup(provenBackup.name, moment(provenBackup.madeAt)) : words.noBackup;
  const practised = rehearsal?.steps.map(
    ({ step, outcome, ms }) => `${words.rehearsed[step]}: ${words.went[outcome]}, ${ms} ms`,
  );
  return [
    list([...locked, ...(kept.length === 0 ? [words.noEvidence] : kept), backup]),
    ...(practised ? [text(words.rehearsedLine(moment(rehearsal!.at))), list(practised)] : []),
  ];
}

function rotated(words: ReportWords, { rotation }: IncidentRecord): Block[] {
  const rows = ROTATED.map((item) => {
    const settled = rotation?.items[item];
    if (settled === undefined) {
      return [words.items[item], words.states[rotation?.absent?.includes(item) ? 'absent' : 'open'], ''];
    }
    const { state, seen, at } = settled;
    return [words.items[item], words.states[state === 'done' && !seen ? 'said' : state], moment(at)];
  });
  return [{ kind: 'table', head: words.rotationHead, rows }];
}

function timeline(words: ReportWords, { events, more }: IncidentRecord): Block[] {
  if (events.length === 0) return [text(words.nothing)];
  const outcome = ({ ended, rotated: became, about }: IncidentEvent) => {
    if (became !== undefined) return words.states[became];
    return ended === undefined ? about : `${words.ended[ended]}${about === '' ? '' : ` (${about})`}`;
  };
  const row = (event: IncidentEvent) => {
    const { at, kind, what, who } = event;
    return [moment(at), words.kinds[kind], what, who, outcome(event)];
  };
  return [
    ...(more > 0 ? [text(words.more(more))] : []),
    { kind: 'table', head: words.timelineHead, rows: events.map(row) },
  ];
}

function human(words: ReportWords): Block[] {
  return [list(words.human)];
}

function duty(words: ReportWords): Block[] {
  return [list(words.duty)];
}

/** `2026-11-30 03:15:00`, in UTC. */
function moment(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

function text(given: string): Block {
  return { kind: 'text', text: given };
}

function list(items: readonly string[]): Block {
  return { kind: 'list', items };
}
