import type { Extractor } from '../ingest/extractor.ts';
import { type Component, type ContentLine, plainValue, readComponents } from './content-lines.ts';
import { decodeText } from './decode-text.ts';

/** What people look for in a card, in the order to show it; the words are indexed with it. */
const SHOWN: Readonly<Record<string, string>> = {
  NICKNAME: 'Nickname',
  ORG: 'Organization',
  TITLE: 'Title',
  ROLE: 'Role',
  TEL: 'Phone',
  EMAIL: 'Email',
  ADR: 'Address',
  BDAY: 'Birthday',
  ANNIVERSARY: 'Anniversary',
  URL: 'Web',
  IMPP: 'Chat',
  RELATED: 'Related',
  CATEGORIES: 'Groups',
  NOTE: 'Note',
};

/** Kinds of number or address that say something. */
const TELLING_TYPES = /^(?:home|work|cell|fax|pager|main|mobile)$/i;

/** Address books: a card under its name, a line for each number, address and note. */
export const vcf: Extractor = {
  kind: 'vcf',
  extract(bytes, sink) {
    const cards = readComponents(decodeText(bytes).replace(/^\ufeff/, '')).filter(({ name }) => name === 'VCARD');
    sink.page(null, cards.map(cardText).join('\n\n'));
  },
};

function cardText({ lines }: Component): string {
  const shown = Object.entries(SHOWN).flatMap(([name, label]) =>
    lines.filter((line) => line.name === name).map((line) => lineText(label, line)),
  );
  return [`## ${nameOf(lines)}`, ...shown].filter(Boolean).join('\n');
}

function nameOf(lines: readonly ContentLine[]): string {
  const value = (name: string) => lines.find((line) => line.name === name)?.value ?? '';
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = fields(value('N'));
  const built = [prefix, given, middle, family, suffix].filter(Boolean).join(' ');
  return plainValue(value('FN')).replace(/\s+/gu, ' ').trim() || built || fields(value('ORG')).join(' ');
}

function lineText(label: string, { name, params, value }: ContentLine): string {
  const types = (params.TYPE ?? '').split(',').filter((type) => TELLING_TYPES.test(type));
  const text = name === 'ADR' || name === 'ORG' ? fields(value).filter(Boolean).join(', ') : plainValue(value).trim();
  const plain = text.replace(/^(?:tel|mailto|xmpp):/i, '');
  return plain === '' ? '' : `${label}${types.length > 0 ? ` (${types.join(', ').toLowerCase()})` : ''}: ${plain}`;
}

/** The parts of a value that is parted by semicolons. */
function fields(value: string): string[] {
  return value.split(/(?<!\\);/).map((part) => plainValue(part).replace(/\s+/gu, ' ').trim());
}
