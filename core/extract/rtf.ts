import { type Extractor, Refusal } from '../ingest/extractor.ts';
import { RtfBlocks } from './rtf-blocks.ts';
import { decodeBytes, encodingOfCharset, encodingOfCodePage } from './rtf-fonts.ts';
import { rtfTokens } from './rtf-tokens.ts';

/** Rich text as one page: headings, table rows and lists kept, page headers first, notes behind their paragraph. */
export const rtf: Extractor = {
  kind: 'rtf',
  extract(bytes, sink) {
    const reader = new RtfReader();
    for (const token of rtfTokens(bytes)) {
      if (token.type === 'byte') reader.byte(token.byte);
      else if (token.type === 'open') reader.open();
      else if (token.type === 'close') reader.close();
      else if (token.type === 'symbol') reader.symbol(token.symbol);
      else reader.word(token.word, token.value);
    }
    sink.page(null, reader.finish());
  },
};

const DEEPEST = 500;

/** Groups whose text is no part of the document. Groups marked by `\*` that are not known are left out as well. */
const SKIPPED: ReadonlySet<string> = new Set([
  ...['colortbl', 'info', 'pict', 'object', 'fldinst', 'datafield', 'themedata', 'colorschememapping', 'listtable'],
  ...[
    'listoverridetable',
    'revtbl',
    'rsidtbl',
    'generator',
    'xmlnstbl',
    'latentstyles',
    'datastore',
    'filetbl',
    'pgptbl',
  ],
  ...['atnid', 'atnauthor', 'atndate', 'atnref', 'atnparent', 'bkmkstart', 'bkmkend', 'pntxta', 'pntxtb', 'nonshppict'],
  ...[
    'sp',
    'ftnsep',
    'ftnsepc',
    'ftncn',
    'aftnsep',
    'aftnsepc',
    'aftncn',
    'shprslt',
    'template',
    'xe',
    'tc',
    'private',
  ],
]);
/** Groups marked by `\*` that hold text of the document. */
const STARRED: ReadonlySet<string> = new Set(['shptxt', 'shpinst', 'annotation', 'shptext']);

const BESIDE: ReadonlyMap<string, 'header' | 'footer' | 'note'> = new Map([
  ...['header', 'headerl', 'headerr', 'headerf'].map((word) => [word, 'header'] as const),
  ...['footer', 'footerl', 'footerr', 'footerf'].map((word) => [word, 'footer'] as const),
  ...['footnote', 'annotation'].map((word) => [word, 'note'] as const),
]);

const LETTERS: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['line', '\n'],
  ['emdash', '—'],
  ['endash', '–'],
  ['lquote', '‘'],
  ['rquote', '’'],
  ['ldblquote', '“'],
  ['rdblquote', '”'],
  ['bullet', '•'],
  ['emspace', ' '],
  ['enspace', ' '],
  ['qmspace', ' '],
  ['nestcell', '; '],
  ['nestrow', '\n'],
]);

type Target = 'body' | 'header' | 'footer' | 'note' | 'fonts' | 'styles' | 'nothing';

/** What a group inherits and its end takes back. */
interface State {
  target: Target;
  encoding: string | undefined;
  /** How many bytes stand for one `\u` where Unicode is not understood. */
  fallback: number;
  hidden: boolean;
}

/** Keeps the state of the groups and gives text and paragraph marks to `RtfBlocks`. */
class RtfReader {
  readonly #blocks = new RtfBlocks();
  readonly #open: State[] = [];
  #state: State = { target: 'body', encoding: undefined, fallback: 1, hidden: false };
  #documentEncoding = 'windows-1252';
  readonly #fonts = new Map<number, string>();
  #font = 0;
  #style = '';
  #styleNumber = 0;
  #bytes: number[] = [];
  #toSkip = 0;
  #starred = false;

  byte(byte: number): void {
    if (this.#toSkip > 0) this.#toSkip--;
    else if (this.#state.target !== 'nothing' && !this.#state.hidden) this.#bytes.push(byte);
  }

  open(): void {
    this.#flush();
    if (this.#open.length >= DEEPEST) throw new Refusal('file-too-hard');
    this.#toSkip = 0;
    this.#open.push({ ...this.#state });
  }

  close(): void {
    this.#flush();
    this.#toSkip = 0;
    const { target } = this.#state;
    const before = this.#open.pop();
    if (!before) return;
    if (target === 'styles') this.#endStyle();
    if (target !== before.target) this.#blocks.endBeside(target, before.target);
    this.#state = before;
  }

  symbol(symbol: string): void {
    if (symbol === '*') this.#starred = true;
    else if (symbol === '~') this.#text('\u00a0');
    else if (symbol === '_') this.#text('-');
    else if (symbol === '\n' || symbol === '\r') this.word('par', undefined);
    else if ('\\{}'.includes(symbol)) this.byte(symbol.charCodeAt(0));
  }

  word(word: string, value: number | undefined): void {
    if (word !== 'u') this.#flush();
    const starred = this.#starred;
    this.#starred = false;
    if (this.#state.target === 'nothing') return;
    if (this.#destination(word, starred)) return;
    const letter = LETTERS.get(word);
    if (this.#state.target === 'fonts') this.#fontWord(word, value);
    else if (this.#state.target === 'styles') this.#styleWord(word, value);
    else if (word === 'u') this.#unicode(value ?? 0);
    else if (letter !== undefined) this.#text(letter);
    else if (word === 'uc') this.#state.fallback = Math.min(Math.max(value ?? 1, 0), 8);
    else if (word === 'f') this.#state.encoding = this.#fonts.get(value ?? 0);
    else if (word === 'plain') Object.assign(this.#state, { encoding: undefined, hidden: false });
    else if (word === 'v' || word === 'deleted') this.#state.hidden = value !== 0;
    else if (word === 'ansicpg') this.#documentEncoding = encodingOfCodePage(value ?? 1252);
    else if (word === 'mac') this.#documentEncoding = 'macintosh';
    else this.#blocks.mark(word, value, this.#state.target);
  }

  finish(): string {
    this.#flush();
    return this.#blocks.finish();
  }

  /** True when the word says what its group is for. */
  #destination(word: string, starred: boolean): boolean {
    const beside = BESIDE.get(word);
    if (word === 'fonttbl') this.#state.target = 'fonts';
    else if (word === 'stylesheet') this.#state.target = 'styles';
    else if (beside !== undefined) {
      this.#state.target = beside;
      this.#blocks.startBeside(beside);
    } else if (SKIPPED.has(word) || (starred && !STARRED.has(word))) {
      // Styles of characters are marked by a star and stand in the style sheet.
      if (this.#state.target === 'styles' && word === 'cs') return false;
      this.#state.target = 'nothing';
    } else return false;
    return true;
  }

  #fontWord(word: string, value: number | undefined): void {
    if (word === 'f') this.#font = value ?? 0;
    else if (word === 'fcharset') {
      const encoding = encodingOfCharset(value ?? 0);
      if (encoding !== undefined && this.#fonts.size < 1000) this.#fonts.set(this.#font, encoding);
    }
  }

  #styleWord(word: string, value: number | undefined): void {
    if (word === 's') this.#styleNumber = value ?? 0;
    else if (word === 'outlinelevel') this.#blocks.defineHeading(this.#styleNumber, (value ?? 0) + 1);
    else if (word === 'u') this.#unicode(value ?? 0);
  }

  /** The name of a style ends its group: "heading 1;". */
  #endStyle(): void {
    const level = /^\s*(?:heading|[üÜ]berschrift|titre|título|titolo|nagłówek|başlık)\s*(\d)/iu.exec(this.#style)?.[1];
    if (level !== undefined) this.#blocks.defineHeading(this.#styleNumber, Number(level));
    else if (/^\s*title;?$/i.test(this.#style)) this.#blocks.defineHeading(this.#styleNumber, 1);
    this.#style = '';
    this.#styleNumber = 0;
  }

  /** Negative above 32767: the number has 16 bits and a sign. */
  #unicode(value: number): void {
    this.#flush();
    this.#text(String.fromCharCode(value & 0xffff));
    this.#toSkip = this.#state.fallback;
  }

  #flush(): void {
    if (this.#bytes.length === 0) return;
    const bytes = this.#bytes;
    this.#bytes = [];
    this.#text(decodeBytes(bytes, this.#state.encoding ?? this.#documentEncoding));
  }

  #text(text: string): void {
    this.#flush();
    const { target, hidden } = this.#state;
    if (target === 'styles') this.#style += text;
    else if (!hidden && target !== 'nothing' && target !== 'fonts') this.#blocks.text(text, target);
  }
}
