/** Every canary begins with this: eight letters that no word, and no run of random bytes that we will see, holds. */
export const MARK = 'zqxvkwjf';
const LETTERS = 'bcdghlmnprst';

/** What private words a canary stands for. */
export const KINDS = ['file name', 'text', 'note', 'question', 'answer', 'password', 'display name', 'error'] as const;
export type Kind = (typeof KINDS)[number];

/** Makes canaries, no two alike, and knows which kind each is of. */
export class Canaries {
  readonly #random: () => number;
  readonly #kinds = new Map<string, Kind>();

  constructor(random: () => number) {
    this.#random = random;
  }

  make(kind: Kind): string {
    const tail = Array.from({ length: 10 }, () => LETTERS[Math.floor(this.#random() * LETTERS.length)]).join('');
    const word = `${MARK}${tail}`;
    if (this.#kinds.has(word)) return this.make(kind);
    this.#kinds.set(word, kind);
    return word;
  }

  get counts(): Record<Kind, number> {
    const count = (kind: Kind) => [...this.#kinds.values()].filter((one) => one === kind).length;
    return Object.fromEntries(KINDS.map((kind) => [kind, count(kind)])) as Record<Kind, number>;
  }

  get size(): number {
    return this.#kinds.size;
  }

  /** What a stretch of text beginning with the mark stands for. */
  kindOf(text: string): Kind | 'torn' {
    return this.#kinds.get(text.slice(0, MARK.length + 10).toLowerCase()) ?? 'torn';
  }

  /** The canaries that a text holds. */
  in(text: string): Set<string> {
    return new Set([...text.matchAll(new RegExp(`${MARK}[${LETTERS}]{10}`, 'g'))].map(([word]) => word));
  }
}

/** One way in which the mark may be written. */
interface Form {
  readonly name: string;
  readonly bytes: Buffer;
}

const FORMS: readonly Form[] = [
  { name: 'utf-8', bytes: Buffer.from(MARK) },
  { name: 'utf-8 capitals', bytes: Buffer.from(MARK.toUpperCase()) },
  { name: 'utf-16 le', bytes: Buffer.from(MARK, 'utf16le') },
  { name: 'utf-16 be', bytes: Buffer.from(MARK, 'utf16le').swap16() },
  { name: 'utf-32 le', bytes: Buffer.concat([...MARK].map((letter) => Buffer.from([letter.charCodeAt(0), 0, 0, 0]))) },
  { name: 'hex', bytes: Buffer.from(Buffer.from(MARK).toString('hex')) },
  { name: 'hex capitals', bytes: Buffer.from(Buffer.from(MARK).toString('hex').toUpperCase()) },
  {
    name: 'JSON escapes',
    bytes: Buffer.from([...MARK].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('')),
  },
  {
    name: 'percent escapes',
    bytes: Buffer.from([...MARK].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')),
  },
  ...[0, 1, 2].map((before) => ({ name: `base64 at ${before}`, bytes: base64Inside(before) })),
  { name: 'reversed', bytes: Buffer.from([...MARK].reverse().join('')) },
];

/** Where bytes hold the mark in any form, with what follows it where that can be read. */
export function findMarks(bytes: Buffer): { readonly form: string; readonly at: number; readonly text: string }[] {
  return FORMS.flatMap(({ name, bytes: wanted }) => {
    const found = [];
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
      found.push({ form: name, at, text: textAt(bytes, at, name) });
    }
    return found;
  });
}

function textAt(bytes: Buffer, at: number, form: string): string {
  if (form.startsWith('utf-16 le')) return bytes.subarray(at, at + 36).toString('utf16le');
  return bytes.subarray(at, at + 18).toString('latin1');
}

/** The letters of base64 that stand for the mark wherever it lies after so many bytes of a group of three. */
function base64Inside(before: number): Buffer {
  const text = Buffer.from(`${'\0'.repeat(before)}${MARK}`).toString('base64');
  const first = before === 0 ? 0 : 4;
  const groups = Math.floor((before + MARK.length) / 3);
  return Buffer.from(text.slice(first, groups * 4));
}
