import { FORMATS } from '../format.ts';

const NAMES: Readonly<Record<string, string>> = {
  ...{ image: 'picture', eml: 'mail', msg: 'mail', ics: 'calendar', vcf: 'contacts' },
};

/** English: what a kind of document (core/document.ts) is called. */
export function kindName(kind: string): string {
  return NAMES[kind] ?? kind;
}

/** English: what a document of this kind is divided into, with the form for many. */
export function partWord(kind: string): readonly [one: string, many: string] {
  if (['xlsx', 'xls', 'ods'].includes(kind)) return ['sheet', 'sheets'];
  if (['pptx', 'odp'].includes(kind)) return ['slide', 'slides'];
  return ['zip', 'eml', 'msg'].includes(kind) ? ['part', 'parts'] : ['page', 'pages'];
}

/** English: "12 slides". */
export function countParts(kind: string, count: number): string {
  return FORMATS.en.count(count, ...partWord(kind));
}
