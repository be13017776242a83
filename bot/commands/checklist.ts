import type { Language } from '../../core/caller.ts';
import {
  type Check,
  type Checklist,
  countChecks,
  isOfWholeHost,
  UNKNOWN_WHYS,
  worstFirst,
} from '../../core/posture.ts';
import { sayEvidence } from '../../core/wording/checklist/evidence/say-evidence.ts';
import { sayCheck, sayFix, sayMend, sayUnknown } from '../../core/wording/checklist/say-check.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { shorten } from '../../core/wording/quote.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** So many bytes fit in one message, with room for what encryption adds. */
const MOST_BYTES = 9500;
/** So many characters of what was read are shown of each line: as many as let all of it be one message. */
const SHOWN_EVIDENCE = [600, 240, 140, 90, 60] as const;
/** So many failing lines at once are what can be mended in an evening. */
const SHOWN_FAILING = 15;

/** `!checklist [all]`: what of the security checklist does not hold, each with the command that mends it; then what is not known. */
export const checklist = defineCommand({
  name: 'checklist',
  typed: { en: 'checklist', de: 'checkliste' },
  aliases: [],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: null,
  arguments: [{ name: 'all', type: 'word', label: 'all', optional: true, oneOf: [{ en: 'all', de: 'alle' }] }],
  examples: ['', { en: 'all', de: 'alle' }],
  needs: ['checklist', 'clock'],
  execute: ({ caller: { language }, checklist: newest, clock }, { all }) => {
    const judged = newest();
    if (judged === undefined) return say(language, 'checklist.none');
    const foot = all === undefined ? [say(language, 'checklist.foot', calls(language))] : leftOut(language, judged);
    const texts = SHOWN_EVIDENCE.map((most) => {
      const view = { language, most };
      const shown = all === undefined ? whatIsWrong(view, judged) : everything(view, judged);
      return [[head(language, judged, clock())], shown, foot]
        .filter((part) => part.length > 0)
        .map((part) => part.join('\n'))
        .join('\n\n');
    });
    return texts.find((text) => Buffer.byteLength(text) <= MOST_BYTES) ?? texts.at(-1)!;
  },
});

/** In which language lines are shown, and how much of what was read of each. */
interface View {
  readonly language: Language;
  readonly most: number;
}

function head(language: Language, judged: Checklist, now: number): string {
  const { at, hostReadAt } = judged;
  const { pass, fail, unknown } = countChecks(judged);
  const hostAgo = hostReadAt === null ? -1 : Math.max(0, now - hostReadAt);
  return say(language, 'checklist.head', {
    passing: pass,
    failing: fail,
    notKnown: unknown,
    judgedAgo: Math.max(0, now - at),
    hostAgo,
  });
}

function whatIsWrong(view: View, { checks, commands }: Checklist): string[] {
  const { language } = view;
  const failing = checks.filter(({ verdict }) => verdict === 'fail');
  const hidden = failing.length - SHOWN_FAILING;
  return [
    ...failing.slice(0, SHOWN_FAILING).map((check) => failingLine(view, check)),
    ...(hidden > 0 ? ['- …'] : []),
    ...UNKNOWN_WHYS.flatMap((reason) => {
      const lines = checks.filter((check) => check.verdict === 'unknown' && check.why === reason);
      const why = new Markdown(sayUnknown(language, reason));
      if (lines.length === 0) return [];
      if (!isOfWholeHost(reason))
        return [say(language, 'checklist.unknowns', { why, titles: lines.map((one) => title(language, one)) })];
      const mend = new Markdown(sayMend(language, reason, commands));
      return [say(language, 'checklist.waiting', { lines: lines.length, why, mend })];
    }),
  ];
}

function everything(view: View, { checks }: Checklist): string[] {
  const { language } = view;
  return worstFirst(checks).map((check) => {
    if (check.verdict === 'fail') return failingLine(view, check);
    const facts = { says: title(language, check), evidence: evidenceOf(view, check) };
    if (check.verdict === 'pass') return say(language, 'checklist.passing', facts);
    return say(language, 'checklist.unknown', {
      ...facts,
      why: new Markdown(sayUnknown(language, check.why ?? 'failed')),
    });
  });
}

function failingLine(view: View, check: Check): string {
  const { language } = view;
  const fix = code(sayFix(language, check.fix));
  const facts = { says: title(language, check), evidence: evidenceOf(view, check), fix };
  return say(language, 'checklist.failing', facts);
}

function title(language: Language, { id }: Check): Markdown {
  return new Markdown(sayCheck(language, id));
}

function evidenceOf({ language, most }: View, { evidence }: Check): Markdown {
  const said = sayEvidence(language, evidence);
  return said === '' ? new Markdown('') : code(shorten(said, most));
}

function leftOut(language: Language, { leftOut: ids }: Checklist): string[] {
  return ids.length === 0 ? [] : [say(language, 'checklist.left-out', { lines: ids.length })];
}

function calls(language: Language): { readonly callAll: Markdown; readonly callRun: Markdown } {
  const words = { en: ['!checklist all', '!run checklist'], de: ['!checkliste alle', '!starte checklist'] } as const;
  const [all, run] = words[language];
  return { callAll: code(all), callRun: code(run) };
}
