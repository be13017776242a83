import { FORMATS } from '../format.ts';

const NAMES: Readonly<Record<string, string>> = {
  ...{ image: 'Bild', eml: 'Mail', msg: 'Mail', ics: 'Kalender', vcf: 'Kontakte' },
};

/** German: what a kind of document (core/document.ts) is called. */
export function kindName(kind: string): string {
  return NAMES[kind] ?? kind;
}

/** German: what a document of this kind is divided into, with the form for many. */
export function partWord(kind: string): readonly [one: string, many: string] {
  if (['xlsx', 'xls', 'ods'].includes(kind)) return ['Tabellenblatt', 'Tabellenblätter'];
  if (['pptx', 'odp'].includes(kind)) return ['Folie', 'Folien'];
  return ['zip', 'eml', 'msg'].includes(kind) ? ['Teil', 'Teile'] : ['Seite', 'Seiten'];
}

/** German: "12 Folien". */
export function countParts(kind: string, count: number): string {
  return FORMATS.de.count(count, ...partWord(kind));
}
