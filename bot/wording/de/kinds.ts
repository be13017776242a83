import { type PartUnit, partUnit } from '../../../core/document-parts.ts';
import { FORMATS } from '../../../core/wording/format.ts';

const NAMES: Readonly<Record<string, string>> = {
  ...{ image: 'Bild', eml: 'Mail', msg: 'Mail', ics: 'Kalender', vcf: 'Kontakte' },
};

const UNITS: Readonly<Record<PartUnit, readonly [one: string, many: string]>> = {
  page: ['Seite', 'Seiten'],
  sheet: ['Tabellenblatt', 'Tabellenblätter'],
  slide: ['Folie', 'Folien'],
  part: ['Teil', 'Teile'],
};

/** German: what a kind of document (core/document.ts) is called. */
export function kindName(kind: string): string {
  return NAMES[kind] ?? kind;
}

/** German: "12 Folien". */
export function countParts(kind: string, count: number): string {
  return FORMATS.de.count(count, ...UNITS[partUnit(kind)]);
}

/** German: "Tabellenblatt". A word that is no unit of ours stays. */
export function unitName(unit: string): string {
  return UNITS[unit as PartUnit]?.[0] ?? unit;
}

/** German, in the fourth case: "keinen Teil". */
export function noPart(unit: string): string {
  const none: Readonly<Record<string, string>> = { page: 'keine', slide: 'keine', sheet: 'kein' };
  return `${none[unit] ?? 'keinen'} ${unitName(unit)}`;
}
