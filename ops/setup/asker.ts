import { createInterface } from 'node:readline/promises';
import { AppError } from '../../core/errors.ts';

/** Asks a person line by line. */
export interface Asker {
  /** The line without blanks around it; "" for Enter alone. Throws AppError `unavailable` (reason `stopped`) at Ctrl-C or the end of the input. */
  line(question: string): Promise<string>;
  /** Nothing more will be asked: an open pipe must not keep the program alive. */
  close(): void;
}

/** Questions on stderr; answers from the terminal, or from a pipe, one a line. */
export function stdinAsker(): Asker {
  return process.stdin.isTTY ? { line: askTerminal, close: () => undefined } : pipeAsker();
}

/** An interface for each question: between them Ctrl-C is a signal again, for whatever goes on then. */
async function askTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
  const cancelled = new AbortController();
  terminal.on('SIGINT', () => cancelled.abort()).on('close', () => cancelled.abort());
  try {
    return (await terminal.question(`${question} `, { signal: cancelled.signal })).trim();
  } catch (thrown) {
    throw cancelled.signal.aborted ? stopped() : thrown;
  } finally {
    terminal.close();
  }
}

function pipeAsker(): Asker {
  let lines: NodeJS.AsyncIterator<string> | undefined;
  return {
    line: async (question) => {
      process.stderr.write(`${question}\n`);
      lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
      const next = await lines.next();
      if (next.done) throw stopped();
      return next.value.trim();
    },
    close: () => {
      if (lines) process.stdin.destroy();
    },
  };
}

function stopped(): AppError {
  return new AppError('unavailable', 'stopped', {
    reason: 'stopped',
    hint: 'Run set-up again: it offers the answers that were given, and goes on where it stopped.',
  });
}
