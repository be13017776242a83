import type { FileReason } from '../../core/ingest/file-error.ts';

/** What an operator can do about each refusal; the bot's own words to its people are in bot/wording. */
const ADVICE: Readonly<Record<FileReason | 'not-readable', string>> = {
  'not-readable': 'Look at the path and at who may read it.',
  'file-empty': 'The upload was probably cut off: send it again.',
  'file-too-large': 'Send it in parts, or raise limits.fileBytes.',
  'file-kind': 'Save it as PDF or text from the program that made it.',
  'file-encrypted': 'Give the password with --password-file, or save a copy without one.',
  'file-wrong-password': 'Look at the password in the file of --password-file.',
  'file-no-text': 'No text was found, not even in its pictures: a sharper, straight scan may help.',
  'file-damaged': 'Open it in the program that made it and save it again.',
  'file-too-hard': 'It is built in a way that costs too much to read: save it anew, as PDF if possible.',
  'file-too-many-pages': 'Split it, or raise limits.pagesPerFile.',
  'file-too-much-text': 'Split it: so much text would take too long to find things in.',
  'file-timeout': 'Try again when the machine is idle, split the file, or raise limits.extractSeconds.',
};

/** What helps with some kinds that cannot be read, by the name that the reader gives them. */
const KINDS: Readonly<Record<string, string>> = {
  ppt: 'Save it as pptx or PDF.',
  'winmail.dat': 'Save the mail that it came with as a file (eml) and read that.',
  ...Object.fromEntries(['avif', 'gif', 'jxl', 'psd', 'tif'].map((kind) => [kind, 'Save it as JPG or PNG.'])),
  ...Object.fromEntries(
    ['heic', 'heif'].map((kind) => [
      kind,
      'Share the photo as JPG (a screenshot of it works too); for the next ones, on the iPhone: Settings > Camera > Formats > Most Compatible.',
    ]),
  ),
};

/** The next step for a reason and the facts of its error; "" for one that is not about the file. */
export function adviceFor(reason: string, { kind }: Readonly<Record<string, unknown>> = {}): string {
  const ofKind = reason === 'file-kind' && typeof kind === 'string' ? KINDS[kind] : undefined;
  return ofKind ?? ADVICE[reason as FileReason] ?? '';
}
