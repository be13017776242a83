import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const NARROWEST = 72;
const WIDEST = 96;
const WITHOUT_TERMINAL = 92;
const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const CLEAR_LINE = '\r\u001b[2K';

/** Standard output as the demo uses it: coloured lines, and on a terminal one live line below them. */
export class Terminal {
  /** Columns that text may fill. */
  readonly width: number;
  readonly #live: boolean;
  #shown = '';
  #timer: NodeJS.Timeout | undefined;
  #muted = false;

  constructor() {
    this.#live = process.stdout.isTTY === true;
    this.width = this.#live
      ? Math.min(Math.max(process.stdout.columns ?? WIDEST, NARROWEST), WIDEST)
      : WITHOUT_TERMINAL;
  }

  /** Text in a colour where the output shows colours (a terminal, and neither NO_COLOR nor FORCE_COLOR=0). */
  paint(style: Style, text: string): string {
    return styleText(style, text, { stream: process.stdout });
  }

  /** Writes a line above the live one. */
  line(text = ''): void {
    this.#wipe();
    if (!this.#muted) process.stdout.write(`${text}\n`);
  }

  /** Nothing is written from here on: whatever is still being played no longer matters. */
  mute(): void {
    clearInterval(this.#timer);
    this.#wipe();
    this.#muted = true;
  }

  /** Shows `describe()` and the seconds since now on the live line, until the returned function is called. */
  live(describe: () => string): () => void {
    if (!this.#live || this.#muted) return () => undefined;
    const started = Date.now();
    const draw = () => {
      const passed = Date.now() - started;
      const mark = this.paint('cyan', SPINNER[Math.floor(passed / 80) % SPINNER.length]!);
      this.#wipe();
      this.#shown = ` ${mark} ${describe()} ${this.paint('dim', seconds(passed))}`;
      process.stdout.write(this.#shown);
    };
    draw();
    clearInterval(this.#timer);
    this.#timer = setInterval(draw, 80);
    return () => {
      clearInterval(this.#timer);
      this.#wipe();
    };
  }

  #wipe(): void {
    if (this.#shown !== '') process.stdout.write(CLEAR_LINE);
    this.#shown = '';
  }
}

/** Milliseconds as "0.4 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Text cut into lines of at most `width` characters, at blanks; lines that the text has itself stay, empty ones too. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const [indent = ''] = /^(?:[-•] |\d+\. )/.exec(paragraph) ?? [];
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = ' '.repeat(indent.length) + word;
      } else line = line === '' && lines.length === 0 ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}
