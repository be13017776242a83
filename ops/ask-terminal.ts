import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/**
 * Asks one line at the terminal, the label on stderr; without echo where it is a secret. "" when it was cancelled (Ctrl+C, or the
 * end of input). For ask-passphrase.ts and keys/prompt.ts, which read pipes by themselves.
 */
export async function askTerminal(label: string, isSecret: boolean): Promise<string> {
  // readline edits the line and keeps the terminal raw; what it would echo of a secret goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({
    input: process.stdin,
    output: isSecret ? nowhere : process.stderr,
    terminal: true,
  });
  const cancelled = new AbortController();
  terminal.on('SIGINT', () => cancelled.abort()).on('close', () => cancelled.abort());
  process.stderr.write(`${label}: `);
  try {
    return await terminal.question('', { signal: cancelled.signal });
  } catch (thrown) {
    if (cancelled.signal.aborted) return '';
    throw thrown;
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
