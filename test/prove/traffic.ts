import { makePdf } from '../core/ingest/make-pdf.ts';
import type { FileToSend } from '../lab/family-client.ts';

/** One numbered thing that a person sends, and what the bot's finished answer to it must contain. */
export type Item =
  | { readonly kind: 'question' | 'command'; readonly number: number; readonly text: string; readonly expects: RegExp }
  | { readonly kind: 'file'; readonly number: number; readonly file: FileToSend; readonly expects: RegExp };

const COMMANDS: readonly { text: string; expects: RegExp }[] = [
  { text: '!whoami', expects: /@\w+:home\.test/ },
  { text: '!help', expects: /!whoami|!werbinich/ },
  { text: '!files', expects: /!forget|!vergiss/ },
  { text: '!privacy', expects: /./ },
];

const THINGS = ['boiler', 'bicycle', 'piano', 'garden shed', 'washing machine', 'tent', 'camera', 'attic window'];

/** Draws what people send, in a seeded order, until the quota of messages and files is used up; more on request. */
export class Traffic {
  readonly #random: () => number;
  #messages: number;
  #files: number;
  #number = 0;

  constructor(random: () => number, quota: { messages: number; files: number }) {
    this.#random = random;
    this.#messages = quota.messages;
    this.#files = quota.files;
  }

  /** Messages and files that are still to be sent. */
  get left(): number {
    return this.#messages + this.#files;
  }

  /** The next item, of the kind that is wished for: beyond the quota when it must be. */
  next(wish?: 'file' | 'message'): Item {
    const isFile = wish === undefined ? this.#random() * this.left < this.#files : wish === 'file';
    this.#number += 1;
    if (isFile) {
      this.#files = Math.max(0, this.#files - 1);
      return fileItem(this.#number, this.#pick(THINGS));
    }
    this.#messages = Math.max(0, this.#messages - 1);
    return this.#random() < 0.5 ? this.#question() : { kind: 'command', number: this.#number, ...this.#pick(COMMANDS) };
  }

  #question(): Item {
    const number = this.#number;
    return { kind: 'question', number, text: questionText(number), expects: END_OF_ANSWER };
  }

  #pick<Entry>(list: readonly Entry[]): Entry {
    return list[Math.floor(this.#random() * list.length)]!;
  }
}

/** What stands below every finished answer of a model: one without it was never finished. */
const END_OF_ANSWER = /Where I read it|Wo ich das gelesen habe/;

/** Words that every paper holds, so that there is always something to answer from; nothing in it points back at earlier questions. */
function questionText(number: number): string {
  return `Question ${number}: which service report of Dale Brothers names the price in pounds?`;
}

/** Small papers in the formats that people send most; each has its number in its name and its text. */
function fileItem(number: number, thing: string): Item {
  const lines = [
    `Service report ${number} for the ${thing}.`,
    `The ${thing} was serviced on ${(number % 28) + 1} March 2024 by Dale Brothers and cost ${100 + number} pounds.`,
    `The next service of the ${thing} is due in two years; the report has the number R-${number}-${number * 7}.`,
  ];
  const stem = `paper-${String(number).padStart(4, '0')}`;
  const file = [
    { name: `${stem}.txt`, mime: 'text/plain', bytes: Buffer.from(lines.join('\n')) },
    { name: `${stem}.md`, mime: 'text/markdown', bytes: Buffer.from(`# Report\n\n${lines.join('\n\n')}`) },
    { name: `${stem}.pdf`, mime: 'application/pdf', bytes: makePdf([lines.slice(0, 2), lines.slice(2)]) },
  ][number % 3]!;
  return { kind: 'file', number, file, expects: new RegExp(`(I read|Ich habe) ${file.name.replace('.', '\\.')}`) };
}
