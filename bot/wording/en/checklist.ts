import { FORMATS, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ChecklistFacts } from '../facts/checklist.ts';

const { count, duration } = FORMATS.en;

const ago = (milliseconds: number) =>
  milliseconds < 60_000 ? 'just now' : `${duration(wholeMinutes(milliseconds))} ago`;

/** English: the security checklist. */
export const checklist: Entries<ChecklistFacts> = {
  'checklist.none': () => 'The checklist has not been judged yet: `!run checklist` does it now.',
  'checklist.head': ({ passing, failing, notKnown, judgedAgo, hostAgo }) =>
    [
      `**${count(failing, 'line fails', 'lines fail')}, ${notKnown === 0 ? 'none is' : count(notKnown, 'line is', 'lines are')} not known, ${count(passing, 'line passes', 'lines pass')}.**`,
      ` Judged ${ago(judgedAgo)}`,
      hostAgo < 0 ? '; nothing was read from the host.' : `, from what the host said ${ago(hostAgo)}.`,
      notKnown === 0 ? '' : ' What is not known may stand open: it counts as not passed.',
    ].join(''),
  'checklist.failing': ({ says, evidence, fix }) => `- ✗ **${says}**: ${evidence}. To mend it: ${fix}`,
  'checklist.passing': ({ says, evidence }) => `- ✓ ${says}: ${evidence}`,
  'checklist.unknown': ({ says, why, evidence }) =>
    `- ? **${says}**: not known, ${why}${evidence.source === '' ? '' : ` (${evidence})`}`,
  'checklist.unknowns': ({ why, titles }) => `- ? **Not known, because ${why}:** ${titles.join('; ')}.`,
  'checklist.waiting': ({ lines, why, mend }) =>
    `- ? **${count(lines, 'line waits', 'lines wait')} for the host helper:** ${why}. ${mend}.`,
  'checklist.left-out': ({ lines }) =>
    `${count(lines, 'line about Docker does', 'lines about Docker do')} not concern this host, which has none.`,
  'checklist.foot': ({ callAll, callRun }) => `${callAll} shows every line, ${callRun} looks anew.`,
};
