import { code, Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done, refused } from './command-spec.ts';
import { evidence } from './evidence.ts';
import { lockdown } from './lockdown.ts';
import { rotate } from './rotate.ts';
import { askForRun } from './run.ts';

/** `!incident`: the six steps, and where each stands. */
export const incident = defineCommand({
  name: 'incident',
  typed: { en: 'incident', de: 'vorfall' },
  aliases: [],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['incident', 'clock'],
  execute: ({ caller, incident: desk, clock }) => {
    const { language } = caller;
    const { lockdown: locked, evidence: kept, rotation, provenAt, rehearsal } = desk.state(clock());
    const typed = (command: { typed: Readonly<Record<'en' | 'de', string>> }) => code(`!${command.typed[language]}`);
    return say(language, 'incident.steps', {
      ...{ lockedAt: locked?.at ?? 0, evidenceAt: kept?.madeAt ?? 0, provenAt: provenAt ?? 0 },
      archive: kept ? code(kept.name) : new Markdown(''),
      ...{ settled: Object.keys(rotation?.items ?? {}).length, all: desk.rotatable().length },
      rehearsedAt: rehearsal?.at ?? 0,
      failures: rehearsal?.steps.filter(({ outcome }) => outcome === 'failed').length ?? 0,
      ...{ lock: typed(lockdown), keep: typed(evidence), change: typed(rotate) },
      ...{ report: typed(incidentReport), rehearse: typed(incidentRehearse) },
    });
  },
});

const REPORT = { en: 'incident report', de: 'vorfall bericht' } as const;

/** The forms of a report. */
const FORMS = ['html', 'markdown'] as const;

/** `!incident report [html|markdown] [since] [until]`: the report as a file, for the ops room. */
export const incidentReport = defineCommand({
  name: 'incident report',
  typed: REPORT,
  aliases: [],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: () => '-',
  arguments: [
    { name: 'form', type: 'word', label: 'form', oneOf: FORMS, optional: true },
    { name: 'since', type: 'word', label: 'since', optional: true },
    { name: 'until', type: 'word', label: 'until', optional: true },
  ],
  examples: ['', 'markdown', 'html 2026-01-31 2026-02-03'],
  needs: ['incident', 'clock'],
  execute: ({ caller, incident: desk, clock }, { form, since, until }) => {
    const { language } = caller;
    const wrong = [since, until].find((day) => day !== undefined && dayAt(day) === undefined);
    if (wrong !== undefined) return refused(say(language, 'incident.bad-day', { given: wrong }));
    const [from, to] = [since, until].map((day) => (day === undefined ? undefined : dayAt(day)));
    const { record, report } = desk.report(language, { now: clock(), from, to });
    const isHtml = form?.toLowerCase() !== 'markdown';
    const caption = { from: record.from, to: record.to, events: record.events.length };
    const text = say(language, 'incident.report', {
      ...caption,
      other: code(`!${REPORT[language]} markdown`),
    });
    const attachment = {
      bytes: Buffer.from(isHtml ? report.html : report.markdown),
      name: `${report.name}.${isHtml ? 'html' : 'md'}`,
      mime: isHtml ? 'text/html' : 'text/markdown',
    };
    return done({ text, attachment });
  },
});

/** `!incident rehearse`: goes through the steps and harms nothing; the process of the jobs does it. */
export const incidentRehearse = defineCommand({
  name: 'incident rehearse',
  typed: { en: 'incident rehearse', de: 'vorfall üben' },
  aliases: [],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: () => '-',
  arguments: [],
  examples: [''],
  needs: ['jobs', 'requests', 'heartbeats', 'clock'],
  execute: (given) =>
    done(
      `${askForRun(given, { ...given, job: 'rehearsal', dry: false })}\n\n${say(given.caller.language, 'incident.rehearsing')}`,
    ),
});

/** The beginning of a day such as 2026-01-31, in milliseconds (UTC, as the report has it). */
function dayAt(text: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
