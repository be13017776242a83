import { AppError } from '../core/errors.ts';
import { askTerminal } from './ask-terminal.ts';

/** What is asked for: its name at the terminal, and a command that pipes it in. */
const PASSPHRASE = { label: 'Passphrase', piped: 'kinkeeper unlock < passphrase-file' };

/**
 * The passphrase for `kinkeeper unlock` (or what `asked` names): asked for without echo at a terminal, else the whole of
 * stdin without its last line break. Throws AppError `invalid` (reason `passphrase-empty`) when nothing came.
 */
export async function askPassphrase(asked: typeof PASSPHRASE = PASSPHRASE): Promise<string> {
  const passphrase = process.stdin.isTTY ? await askTerminal(asked.label, true) : await readAll();
  if (passphrase.trim() !== '') return passphrase;
  throw new AppError('invalid', `no ${asked.label.toLowerCase()} was given`, {
    reason: 'passphrase-empty',
    hint: `Type it, or pipe it in: ${asked.piped}`,
  });
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
