import { type Actor, PEOPLE } from './stage.ts';
import { seconds, type Terminal, wrap } from './terminal.ts';

const BOT_NAME = 'Kin';
const NAME_WIDTH = 6;
const MARGIN = 14;
const MOST_LINES = 16;

/** One entry of the conversation, as it is shown. */
export interface Line {
  readonly scene: string;
  readonly from: string;
  /** `file`: the text is the file's name. `note`: what happened, or was found in order. */
  readonly kind: 'text' | 'file' | 'note';
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Prints the afternoon as a conversation while it happens, and keeps it for those who want to draw it. */
export class Narrator {
  readonly lines: Line[] = [];
  readonly #terminal: Terminal;
  #scene = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Begins a scene. */
  scene(number: number, title: string, place: string): void {
    this.#scene = title;
    const { width } = this.#terminal;
    const head = ` ${number}  ${title} `;
    const rule = '─'.repeat(Math.max(3, width - head.length - place.length - 2));
    const paint = (text: string) => this.#terminal.paint('dim', text);
    this.#terminal.line();
    this.#terminal.line(`${this.#terminal.paint('bold', head)}${paint(`${rule} ${place}`)}`);
  }

  /** What a person writes. */
  says(actor: Actor, text: string): void {
    const { name, colour } = PEOPLE[actor];
    this.#show({ name, text, kind: 'text' }, this.#terminal.paint(['bold', colour], name.padEnd(NAME_WIDTH)));
  }

  /** A file that a person attaches. */
  attaches(actor: Actor, file: { name: string; bytes: Uint8Array }): void {
    const { name, colour } = PEOPLE[actor];
    const label = this.#terminal.paint(['bold', colour], name.padEnd(NAME_WIDTH));
    this.#keep(name, 'file', file.name);
    const size = this.#terminal.paint('dim', `(${(file.bytes.length / 1000).toFixed(1)} kB)`);
    this.#terminal.line(` ${this.#time()} ${label} ⇧ ${file.name} ${size}`);
  }

  /** What the bot writes. Secrets are shortened: this is printed, and may be kept. */
  answers(text: string): void {
    const label = this.#terminal.paint(['bold', 'green'], BOT_NAME.padEnd(NAME_WIDTH));
    this.#show({ name: BOT_NAME, text: withoutSecrets(text), kind: 'text' }, label);
  }

  /** Something that happens besides talking. */
  notes(text: string): void {
    this.#keep('', 'note', text);
    for (const line of wrap(text, this.#terminal.width - MARGIN))
      this.#terminal.line(`${' '.repeat(MARGIN)}${this.#terminal.paint('dim', line)}`);
  }

  /** What was found in order; the end of a step. */
  confirms(text: string, ms: number): void {
    this.#ends('✓', 'green', `${text} (${seconds(ms)})`);
  }

  /** The end of a step whose answer is a model's own. */
  doubts(text: string, ms: number): void {
    this.#ends('~', 'yellow', `${text} (${seconds(ms)})`);
  }

  /** The live line while the bot is waited for. */
  waits(): () => void {
    return this.#terminal.live(() => `${' '.repeat(4)}${BOT_NAME} …`);
  }

  #ends(mark: string, colour: 'green' | 'yellow', text: string): void {
    this.#keep('', 'note', `${mark} ${text}`);
    const { paint } = this.#terminal;
    this.#terminal.line(`${' '.repeat(MARGIN - 2)}${paint(colour, mark)} ${paint('dim', text)}`);
  }

  #show({ name, text, kind }: { name: string; text: string; kind: 'text' }, label: string): void {
    this.#keep(name, kind, text);
    const all = folded(text, this.#terminal.width - MARGIN);
    const shown = all.length > MOST_LINES ? all.slice(0, MOST_LINES - 1) : all;
    for (const [index, line] of shown.entries()) {
      this.#terminal.line(index === 0 ? ` ${this.#time()} ${label} ${line}` : `${' '.repeat(MARGIN)}${line}`);
    }
    if (shown.length < all.length)
      this.#terminal.line(
        `${' '.repeat(MARGIN)}${this.#terminal.paint('dim', `… and ${all.length - shown.length} lines more`)}`,
      );
  }

  #keep(from: string, kind: Line['kind'], text: string): void {
    this.lines.push({ scene: this.#scene, from, kind, text, at: Date.now() });
  }

  #time(): string {
    const now = new Date();
    const two = (part: number) => String(part).padStart(2, '0');
    return this.#terminal.paint('dim', `${two(now.getHours())}:${two(now.getMinutes())}`);
  }
}

/** The lines of a message. Of several quoted passages only the first is shown whole, of the others the first line. */
function folded(text: string, width: number): string[] {
  let quotes = 0;
  return text.split(/\n+/).flatMap((paragraph) => {
    const lines = wrap(paragraph, width);
    if (!/^[“„]/.test(paragraph) || quotes++ === 0 || lines.length === 1) return lines;
    return [`${wrap(lines[0]!, width - 2)[0]} …`];
  });
}

/** Recovery key ("EsTa bcde ...") and recovery code ("ABCD1-EFGH2-...") with only their first group left. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b(E[A-Za-z0-9]{3})(?: [A-Za-z0-9]{1,4}){11}\b/g, '$1 … (shortened here)')
    .replace(/\b([0-9A-Z]{5})(?:-[0-9A-Z]{5}){7}\b/g, '$1-… (shortened here)');
}
