import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import type { Extractor, Members } from '../ingest/extractor.ts';
import { mailDate, mailText } from './mail-text.ts';
import { isTnef, tnefFiles } from './tnef.ts';

/** Parts within parts; programs write three or four levels. */
const DEEPEST_PARTS = 50;

/** Proofs and wrappings of the mail itself: nothing that a person would look for. */
const MACHINERY =
  /^(?:application\/(?:pgp-signature|pgp-encrypted|pkcs7-signature|x-pkcs7-signature)|message\/delivery-status)$/;

/** Mails as saved by mail programs: what was written as the first page, then every attachment under its name. */
export const eml: Extractor = {
  kind: 'eml',
  async extract(bytes, sink, { members }) {
    const email = await PostalMime.parse(withoutMarks(bytes), {
      // A forwarded mail is read as a mail of its own, under its subject.
      forceRfc822Attachments: true,
      maxNestingDepth: DEEPEST_PARTS,
    });
    const { subject, text, html, attachments } = email;
    sink.page(null, mailText({ subject, headers: headersOf(email), text, html }));
    const files = attachments.filter(({ mimeType }) => !MACHINERY.test(mimeType));
    for (const [index, file] of files.entries()) {
      await readAttachment(file, index, members);
      sink.progress(index + 1, files.length);
    }
  },
};

/** A byte order mark and the line that mailboxes put before a mail would hide its first header. */
function withoutMarks(bytes: Uint8Array): Uint8Array {
  const unmarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  const start = Buffer.from(unmarked.buffer, unmarked.byteOffset, Math.min(unmarked.length, 500)).toString('latin1');
  return unmarked.subarray(/^\s*(?:From [^\n]*\n)?/.exec(start)![0].length);
}

function headersOf({ from, to, cc, headers }: Email): [string, string | undefined][] {
  return [
    ['From', addresses(from ? [from] : [])],
    ['To', addresses(to)],
    ['Cc', addresses(cc)],
    ['Date', mailDate(headers.find(({ key }) => key === 'date')?.value)],
  ];
}

function addresses(list: readonly Address[] = []): string {
  return list.map((one) => (one.group ? `${one.name}: ${addresses(one.group)}` : mailbox(one))).join(', ');
}

function mailbox({ name, address }: { readonly name: string; readonly address?: string | undefined }): string {
  if (!address) return name;
  return name === '' || name === address ? address : `${name} <${address}>`;
}

async function readAttachment(file: Attachment, index: number, members: Members): Promise<void> {
  // The library hands out buffers, as long as it is not asked for base64.
  const bytes = new Uint8Array(file.content as ArrayBuffer);
  if (bytes.length === 0) return;
  const packed = isTnef(bytes) ? tnefFiles(bytes) : [];
  if (packed.length > 0) {
    for (const [at, { name, bytes: own }] of packed.entries())
      await members.read({ name: name || `attachment ${index + 1}.${at + 1}`, bytes: own });
    return;
  }
  const decoration = file.related === true && file.mimeType.startsWith('image/');
  await members.read({ name: nameOf(file, index), bytes, decoration });
}

function nameOf({ filename, mimeType, description }: Attachment, index: number): string {
  if (filename) return filename;
  if (mimeType === 'message/rfc822') return description ?? `mail ${index + 1}.eml`;
  return description ?? `attachment ${index + 1}.${ENDINGS[mimeType] ?? mimeType.split('/')[1]?.replace(/^x-/, '')}`;
}

const ENDINGS: Readonly<Record<string, string>> = {
  'text/calendar': 'ics',
  'text/plain': 'txt',
  'text/x-vcard': 'vcf',
};
