import { FORMATS, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ChecklistFacts } from '../facts/checklist.ts';

const { count, duration, list } = FORMATS.de;

/** Was gegen einen Grund hilft, aus dem vieles unbekannt ist; den anderen hilft man Zeile für Zeile ab. */
const MENDS: Readonly<Record<string, string>> = {
  'no-helper': ' Richte ihn ein (`sudo ops/host/install` im Ordner des Produkts) und setze `host.spoolDir`.',
  'no-posture': ' Auf dem Host: `systemctl enable --now kinkeeper-host-posture.timer`.',
  unsigned:
    ' Finde heraus, wer in den Spool schreiben kann. Auf dem Host: `systemctl start kinkeeper-host-posture.service`.',
  'other-key':
    ' Hast du den Host neu eingerichtet, sag es an der Konsole: `kinkeeper checklist --trust-key`. Wenn nicht, finde heraus, wer es war.',
  old: ' Auf dem Host: `systemctl status kinkeeper-host-posture.timer`.',
  ahead: ' Sieh nach, ob die Uhr stimmt: `timedatectl` auf dem Host.',
};

/** German: the security checklist. */
export const checklist: Entries<ChecklistFacts> = {
  'checklist.none': () => 'Die Checkliste hat noch niemand beurteilt. `!starte checklist` tut es jetzt.',
  'checklist.head': ({ passing, failing, notKnown, judgedAgo, hostAgo }) =>
    [
      `**${count(failing, 'Zeile stimmt', 'Zeilen stimmen')} nicht, ${notKnown === 0 ? 'keine ist' : count(notKnown, 'ist', 'sind')} unbekannt, ${count(passing, 'stimmt', 'stimmen')}.**`,
      ` Beurteilt vor ${duration(wholeMinutes(judgedAgo))}`,
      hostAgo < 0
        ? '; vom Host wurde nichts gelesen.'
        : `, nach dem, was der Host vor ${duration(wholeMinutes(hostAgo))} sagte.`,
      notKnown === 0 ? '' : ' Was unbekannt ist, kann offen stehen: Es zählt nicht als bestanden.',
    ].join(''),
  'checklist.failing': ({ says, evidence, fix }) => `- ✗ **${says}**: ${evidence}. So kommt es in Ordnung: ${fix}`,
  'checklist.passing': ({ says, evidence }) => `- ✓ ${says}: ${evidence}`,
  'checklist.unknown': ({ says, why, evidence }) =>
    `- ? **${says}**: unbekannt, ${why}${evidence.source === '' ? '' : ` (${evidence})`}`,
  'checklist.unknowns': ({ why, reason, titles }) =>
    `- ? **Unbekannt, denn ${why}:** ${list(titles.map(String))}.${MENDS[reason] ?? ''}`,
  'checklist.left-out': ({ lines }) =>
    `${count(lines, 'Zeile', 'Zeilen')} über Docker ${lines === 1 ? 'betrifft' : 'betreffen'} diesen Host nicht, denn er hat keines.`,
  'checklist.foot': ({ callAll, callRun }) => `${callAll} zeigt jede Zeile, ${callRun} sieht neu nach.`,
};
