/** What a document of a kind is divided into. Formats without pages are shown in parts (`!show`). */
export type PartUnit = 'page' | 'sheet' | 'slide' | 'part';

const UNITS: Readonly<Record<string, PartUnit>> = {
  ...{ pdf: 'page', image: 'page' },
  ...{ xlsx: 'sheet', xls: 'sheet', ods: 'sheet' },
  ...{ pptx: 'slide', odp: 'slide' },
};

/** The unit in which parts of a document of this kind (core/document.ts) are counted, in chats and at the shell alike. */
export function partUnit(kind: string): PartUnit {
  return UNITS[kind] ?? 'part';
}
