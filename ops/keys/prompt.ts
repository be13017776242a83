import { createInterface } from 'node:readline/promises';
import { AppError } from '../../core/errors.ts';
import { askTerminal } from '../ask-terminal.ts';

/** Asks the operator for what must not stand on a command line. */
export interface Prompt {
  /** Without echo at a terminal. Never empty. */
  secret(label: string): Promise<string>;
  /** With echo. Never empty. */
  line(label: string): Promise<string>;
  /** Nothing more will be asked: an open pipe must not keep the program alive. */
  close(): void;
}

/**
 * Questions on stderr, answers from the terminal; where stdin is a pipe, its lines are the answers, one after the other.
 * Both throw AppError `invalid` (reason `passphrase-empty`) when nothing came.
 */
export function terminalPrompt(): Prompt {
  const piped = process.stdin.isTTY ? undefined : pipedLines();
  const ask = async (label: string, isSecret: boolean) => {
    if (piped) process.stderr.write(`${label}\n`);
    const answer = piped ? await piped.next() : await askTerminal(label, isSecret);
    if (typeof answer === 'string' && answer.trim() !== '') return answer;
    throw new AppError('invalid', `no answer was given to "${label}"`, {
      reason: 'passphrase-empty',
      hint: 'Type it, or pipe the answers in, one line each. Nothing was changed.',
    });
  };
  return { secret: (label) => ask(label, true), line: (label) => ask(label, false), close: () => piped?.close() };
}

/** The lines of stdin, which is not read before the first is asked for. */
function pipedLines(): { next(): Promise<string | undefined>; close(): void } {
  let lines: NodeJS.AsyncIterator<string> | undefined;
  return {
    next: async () => {
      lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
      return (await lines.next()).value;
    },
    close: () => {
      if (lines) process.stdin.destroy();
    },
  };
}
