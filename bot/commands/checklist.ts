import type { Language } from '../../core/caller.ts';
import {
  type Check,
  type Checklist,
  countChecks,
  isOfWholeHost,
  UNKNOWN_WHYS,
  worstFirst,
} from '../../core/posture.ts';
import { sayCheck, sayMend, sayUnknown } from '../../core/wording/checklist/say-check.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** So much of what was read is shown: all lines together are one message. */
const SHOWN_EVIDENCE = 70;
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
  arguments: [{ name: 'all', type: 'word', label: 'all', optional: true, oneOf: ['all', 'alle'] }],
  examples: ['', { en: 'all', de: 'alle' }],
  needs: ['checklist', 'clock'],
  execute: ({ caller: { language }, checklist: newest, clock }, { all }) => {
    const judged = newest();
    if (judged === undefined) return say(language, 'checklist.none');
    const isAll = all !== undefined;
    const shown = isAll ? everything(language, judged) : whatIsWrong(language, judged);
    const { leftOut } = judged;
    return [
      head(language, judged, clock()),
      ...(shown.length === 0 ? [] : ['', ...shown]),
      ...(isAll && leftOut.length > 0 ? ['', say(language, 'checklist.left-out', { lines: leftOut.length })] : []),
      ...(isAll ? [] : ['', say(language, 'checklist.foot', calls(language))]),
    ].join('\n');
  },
});

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

function whatIsWrong(language: Language, { checks }: Checklist): string[] {
  const failing = checks.filter(({ verdict }) => verdict === 'fail');
  const hidden = failing.length - SHOWN_FAILING;
  return [
    ...failing.slice(0, SHOWN_FAILING).map((check) => failingLine(language, check)),
    ...(hidden > 0 ? ['- …'] : []),
    ...UNKNOWN_WHYS.flatMap((reason) => {
      const lines = checks.filter((check) => check.verdict === 'unknown' && check.why === reason);
      const why = new Markdown(sayUnknown(language, reason));
      if (lines.length === 0) return [];
      if (!isOfWholeHost(reason))
        return [say(language, 'checklist.unknowns', { why, titles: lines.map((one) => title(language, one)) })];
      const mend = new Markdown(sayMend(language, reason));
      return [say(language, 'checklist.waiting', { lines: lines.length, why, mend })];
    }),
  ];
}

function everything(language: Language, { checks }: Checklist): string[] {
  return worstFirst(checks).map((check) => {
    if (check.verdict === 'fail') return failingLine(language, check);
    const facts = { says: title(language, check), evidence: evidenceOf(check) };
    if (check.verdict === 'pass') return say(language, 'checklist.passing', facts);
    return say(language, 'checklist.unknown', {
      ...facts,
      why: new Markdown(sayUnknown(language, check.why ?? 'failed')),
    });
  });
}

function failingLine(language: Language, check: Check): string {
  const facts = { says: title(language, check), evidence: evidenceOf(check), fix: code(check.fix) };
  return say(language, 'checklist.failing', facts);
}

function title(language: Language, { id }: Check): Markdown {
  return new Markdown(sayCheck(language, id));
}

function evidenceOf({ evidence }: Check): Markdown {
  if (evidence === '') return new Markdown('');
  return code(evidence.length > SHOWN_EVIDENCE ? `${evidence.slice(0, SHOWN_EVIDENCE)}…` : evidence);
}

function calls(language: Language): { readonly callAll: Markdown; readonly callRun: Markdown } {
  const words = { en: ['!checklist all', '!run checklist'], de: ['!checkliste alle', '!starte checklist'] } as const;
  const [all, run] = words[language];
  return { callAll: code(all), callRun: code(run) };
}
