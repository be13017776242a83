import type { BackupProgress } from '../backup-plan.ts';
import { showBytes } from './show-bytes.ts';

/** What steps of the jobs are called at the shell; the others come in words. */
const STEPS: Readonly<Record<string, string>> = {
  'backup.freezing': 'waiting for a moment in which nobody writes',
  'backup.writing': 'sealing',
  'backup.verifying': 'reading back what was written',
} satisfies Readonly<Record<BackupProgress['step'], string>>;

/** Where progress is written: stderr, or a part of it. */
export interface ProgressTerminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const PAUSE_MS = 500;
const WIDTH = 78;

/**
 * Tells how far something long has come: at a terminal one line that is written over, elsewhere one line at the beginning of each
 * step. `end` leaves the cursor on a fresh line. Used by `kinkeeper backup` and `kinkeeper restore`.
 */
export class Progress {
  readonly #terminal: ProgressTerminal;
  #step = '';
  #shownAt = 0;
  #open = false;

  constructor(terminal: ProgressTerminal) {
    this.#terminal = terminal;
  }

  /** `named`: a step of the backup, or its words. `done` and `total` are bytes; without them only the step is told. */
  tell(named: string, done?: number, total?: number): void {
    const step = STEPS[named] ?? named;
    const isNew = step !== this.#step;
    if (!this.#terminal.isTTY) {
      if (isNew) this.#terminal.write(`${step} ...\n`);
      this.#step = step;
      return;
    }
    const now = performance.now();
    if (!isNew && now - this.#shownAt < PAUSE_MS) return;
    if (isNew) this.end();
    [this.#step, this.#shownAt, this.#open] = [step, now, true];
    this.#terminal.write(`\r${lineOf(step, done, total).padEnd(WIDTH)}`);
  }

  end(): void {
    if (this.#open) this.#terminal.write('\n');
    this.#open = false;
  }
}

function lineOf(step: string, done: number | undefined, total: number | undefined): string {
  if (done === undefined) return `${step} ...`;
  if (total === undefined || total === 0) return `${step} ... ${showBytes(done)}`;
  const percent = Math.min(100, Math.floor((done / total) * 100));
  return `${step} ... ${percent} % of ${showBytes(total)}`;
}
