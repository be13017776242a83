import type { Narrator } from './narrator.ts';
import { seconds, type Terminal } from './terminal.ts';

/** One step of the afternoon. `play` returns what was found in order (or doubted), and throws what was not. */
export interface Step {
  readonly title: string;
  readonly place: string;
  play(): Promise<string | Doubt>;
}

/** A step that worked, but whose answer a model gave otherwise than the papers say. */
export class Doubt {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** How a step went; `failure` says what it did not show. */
export interface StepResult {
  readonly title: string;
  readonly ms: number;
  readonly reached: boolean;
  readonly failure?: string;
  readonly doubted?: boolean;
}

/** A step that did not show what it should. */
export class NotShown extends Error {}

/** Plays the steps in order and stops at the first that fails, because the later ones build on it. */
export async function runSteps(steps: readonly Step[], narrator: Narrator): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const [index, { title, place, play }] of steps.entries()) {
    if (results.some((result) => result.failure !== undefined)) {
      results.push({ title, ms: 0, reached: false });
      continue;
    }
    narrator.scene(index + 1, title, place);
    const started = Date.now();
    try {
      const found = await play();
      const ms = Date.now() - started;
      if (found instanceof Doubt) narrator.doubts(found.text, ms);
      else narrator.confirms(found, ms);
      results.push({ title, ms, reached: true, doubted: found instanceof Doubt });
    } catch (thrown) {
      const failure = thrown instanceof Error ? thrown.message : String(thrown);
      results.push({ title, ms: Date.now() - started, reached: true, failure });
    }
  }
  return results;
}

/** Throws NotShown unless every pattern occurs in the text. */
export function expectShown(text: string, patterns: readonly RegExp[]): void {
  for (const pattern of patterns) {
    if (!pattern.test(text)) throw new NotShown(`expected ${pattern} in: ${JSON.stringify(text.slice(0, 400))}`);
  }
}

/** Throws NotShown when any of the patterns occurs in any of the texts. */
export function expectAbsent(texts: readonly string[], patterns: readonly RegExp[]): void {
  for (const text of texts) {
    const found = patterns.find((pattern) => pattern.test(text));
    if (found) throw new NotShown(`${found} must not be in: ${JSON.stringify(text.slice(0, 400))}`);
  }
}

/** True when every step was reached and showed what it should. */
export function allShown(results: readonly StepResult[]): boolean {
  return results.every((result) => result.reached && result.failure === undefined);
}

/** Prints the table of all steps, and facts below it. */
export function printSummary(terminal: Terminal, results: readonly StepResult[], facts: readonly string[]): void {
  terminal.line();
  terminal.line(terminal.paint('bold', ' What was shown'));
  for (const [index, result] of results.entries()) {
    const { title, ms, reached } = result;
    const end = reached ? seconds(ms) : 'not reached';
    const number = String(index + 1).padStart(2);
    terminal.line(
      `   ${markOf(terminal, result)} ${number}  ${title.padEnd(terminal.width - 22)} ${terminal.paint('dim', end.padStart(8))}`,
    );
  }
  terminal.line();
  for (const fact of facts) terminal.line(`   ${fact}`);
}

function markOf(terminal: Terminal, { reached, failure, doubted }: StepResult): string {
  if (!reached) return '·';
  if (failure !== undefined) return terminal.paint('red', '✗');
  return doubted === true ? terminal.paint('yellow', '~') : terminal.paint('green', '✓');
}
