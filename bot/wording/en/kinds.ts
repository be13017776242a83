import { type PartUnit, partUnit } from '../../../core/document-parts.ts';
import { FORMATS } from '../../../core/wording/format.ts';

const NAMES: Readonly<Record<string, string>> = {
  ...{ image: 'picture', eml: 'mail', msg: 'mail', ics: 'calendar', vcf: 'contacts' },
};

const UNITS: Readonly<Record<PartUnit, readonly [one: string, many: string]>> = {
  page: ['page', 'pages'],
  sheet: ['sheet', 'sheets'],
  slide: ['slide', 'slides'],
  part: ['part', 'parts'],
};

/** English: what a kind of document (core/document.ts) is called. */
export function kindName(kind: string): string {
  return NAMES[kind] ?? kind;
}

/** English: "12 slides". */
export function countParts(kind: string, count: number): string {
  return FORMATS.en.count(count, ...UNITS[partUnit(kind)]);
}

/** English: "sheet". A word that is no unit of ours stays. */
export function unitName(unit: string): string {
  return UNITS[unit as PartUnit]?.[0] ?? unit;
}
