import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { OpenState } from '../../core/control.ts';
import { publicKeyOf, publicKeyText, verifyReceipt } from '../../core/erase/receipt.ts';
import { AppError } from '../../core/errors.ts';
import { UsageError } from '../../core/exit.ts';
import { showReceipt } from './show-receipt.ts';

/** How `kinkeeper receipt` gets its work: the entry file reads the settings and opens the state folder. */
export interface ReceiptCommandParts {
  readonly open: (options: { config?: string }) => Promise<OpenState>;
  readonly say: (line: string) => void;
  readonly config: readonly [string, string];
}

interface VerifyOptions {
  readonly config?: string;
  readonly key?: string;
  readonly person?: string;
  readonly json?: boolean;
}

/** Adds `kinkeeper receipt key|verify|show` to the program. */
export function addReceiptCommand(program: Command, { open, say, config }: ReceiptCommandParts): void {
  const receipt = program
    .command('receipt')
    .description('receipts of erasures: whether one is genuine, and what it says');
  receipt
    .command('key')
    .description('print the public key that verifies receipts; anybody may have it')
    .option(...config)
    .action(async (options: { config?: string }) => {
      using state = await open(options);
      say(publicKeyText(state.erasing.verifyingKey));
    });
  receipt
    .command('verify')
    .description('check a receipt saved from a message, and say what it tells')
    .argument('<file>', 'a text file with the receipt in it')
    .option('--key <key>', 'the public key to check with; left out: the one of this installation')
    .option('--person <address>', 'whether it is about this Matrix address (needs this installation)')
    .option('--json', 'as JSON')
    .option(...config)
    .action(async (file: string, options: VerifyOptions) => verify({ open, say }, file, options));
  receipt
    .command('show')
    .description('print a receipt that was kept, by the reference that an alert names')
    .argument('<reference>', 'reference of the erasure')
    .option(...config)
    .action(async (reference: string, options: { config?: string }) => {
      using state = await open(options);
      say(state.erasing.book.receiptOf(reference) ?? noSuchReceipt(reference));
    });
}

async function verify(
  { open, say }: Pick<ReceiptCommandParts, 'open' | 'say'>,
  file: string,
  options: VerifyOptions,
): Promise<void> {
  const text = contentOf(file);
  if (options.key !== undefined && options.person !== undefined)
    throw new UsageError('--person needs this installation itself: leave --key out');
  using state = options.key === undefined ? await open(options) : undefined;
  const key = state?.erasing.verifyingKey ?? publicKeyOf(options.key!);
  const receipt = verifyReceipt(text, key);
  const isAbout = options.person === undefined ? undefined : receipt.subject === state!.erasing.subject(options.person);
  if (isAbout === false) {
    throw new AppError('conflict', `this receipt is genuine, but not about ${options.person}`, {
      reason: 'receipt-of-another',
    });
  }
  say(options.json ? JSON.stringify({ genuine: true, receipt }, null, 2) : showReceipt(receipt));
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('not-found', `${file} cannot be read`, {
      hint: 'Name a text file with the receipt in it.',
      cause,
    });
  }
}

function noSuchReceipt(reference: string): never {
  throw new AppError('not-found', `there is no receipt of the erasure ${reference}`, {
    hint: 'The reference stands in the alert, and in the answer to `people erase`. A receipt is made near the end of an erasure.',
  });
}
