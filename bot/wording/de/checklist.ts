import { FORMATS, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ChecklistFacts } from '../facts/checklist.ts';

const { count, duration } = FORMATS.de;

const ago = (milliseconds: number) =>
  milliseconds < 60_000 ? 'gerade eben' : `vor ${duration(wholeMinutes(milliseconds))}`;

/** German: the security checklist. */
export const checklist: Entries<ChecklistFacts> = {
  'checklist.none': () => 'Die Checkliste wurde noch nicht beurteilt: `!starte checklist` tut es jetzt.',
  'checklist.head': ({ passing, failing, notKnown, judgedAgo, hostAgo }) =>
    [
      `**${count(failing, 'Zeile stimmt', 'Zeilen stimmen')} nicht, ${notKnown === 0 ? 'keine ist' : count(notKnown, 'ist', 'sind')} unbekannt, ${count(passing, 'stimmt', 'stimmen')}.**`,
      ` Beurteilt ${ago(judgedAgo)}`,
      hostAgo < 0 ? '; vom Host wurde nichts gelesen.' : `, nach dem, was der Host ${ago(hostAgo)} sagte.`,
      notKnown === 0 ? '' : ' Was unbekannt ist, kann offen stehen: Es zählt nicht als bestanden.',
    ].join(''),
  'checklist.failing': ({ says, evidence, fix }) => `- ✗ **${says}**: ${evidence}. So kommt es in Ordnung: ${fix}`,
  'checklist.passing': ({ says, evidence }) => `- ✓ ${says}: ${evidence}`,
  'checklist.unknown': ({ says, why, evidence }) =>
    `- ? **${says}**: unbekannt, ${why}${evidence.source === '' ? '' : ` (${evidence})`}`,
  'checklist.unknowns': ({ why, titles }) => `- ? **Unbekannt, denn ${why}:** ${titles.join('; ')}.`,
  'checklist.waiting': ({ lines, why, mend }) =>
    `- ? **${count(lines, 'Zeile wartet', 'Zeilen warten')} auf den Host-Helfer:** ${why}. ${mend}.`,
  'checklist.left-out': ({ lines }) =>
    `${count(lines, 'Zeile', 'Zeilen')} über Docker ${lines === 1 ? 'betrifft' : 'betreffen'} diesen Host nicht, denn er hat keines.`,
  'checklist.foot': ({ callAll, callRun }) => `${callAll} zeigt jede Zeile, ${callRun} sieht neu nach.`,
};
