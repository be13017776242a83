import msgreader, { type FieldsData } from '@kenjiuno/msgreader';
import { type Extractor, type Members, Refusal } from '../ingest/extractor.ts';
import { decodeHtml } from './html.ts';
import { mailDate, mailText } from './mail-text.ts';

// A CommonJS package: Node hands out all of it as the default.
const MsgReader = msgreader.default;

/** Mails as Outlook saves them: what was written as the first page, then every attachment under its name. */
export const msg: Extractor = {
  kind: 'msg',
  async extract(bytes, sink, { members }) {
    const reader = new MsgReader(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
    const mail = reader.getFileData();
    if (mail.dataType !== 'msg' || mail.error !== undefined) throw new Refusal('file-damaged');
    const html = mail.bodyHtml ?? (mail.html && decodeHtml(mail.html));
    sink.page(null, mailText({ subject: mail.subject, headers: headersOf(mail), text: mail.body, html }));
    const files = mail.attachments ?? [];
    for (const [index, file] of files.entries()) {
      await readAttachment(reader, file, members);
      sink.progress(index + 1, files.length);
    }
  },
};

function headersOf(mail: FieldsData): [string, string | undefined][] {
  const { recipients = [] } = mail;
  const named = (type: FieldsData['recipType']) =>
    recipients
      .filter((one) => (one.recipType ?? 'to') === type)
      .map((one) => person(one.name, one.smtpAddress ?? one.email))
      .join(', ');
  return [
    ['From', person(mail.senderName, mail.senderSmtpAddress ?? mail.senderEmail)],
    ['To', named('to')],
    ['Cc', named('cc')],
    ['Date', mailDate(mail.clientSubmitTime ?? mail.messageDeliveryTime ?? mail.creationTime)],
  ];
}

/** Inside a company Outlook knows people by a path ("/o=.../cn=ada"), which tells nobody anything. */
function person(name = '', address = ''): string {
  const shown = address.includes('@') ? address : '';
  if (shown === '' || shown === name) return name;
  return name === '' ? shown : `${name} <${shown}>`;
}

async function readAttachment(
  reader: InstanceType<typeof MsgReader>,
  file: FieldsData,
  members: Members,
): Promise<void> {
  const name = file.fileName ?? file.fileNameShort ?? file.name ?? 'attachment';
  let bytes: Uint8Array;
  try {
    bytes = reader.getAttachment(file).content;
  } catch {
    // One broken attachment must not cost the mail.
    return members.unreadable(name);
  }
  if (bytes.length === 0) return;
  await members.read({ name, bytes, decoration: file.pidContentId !== undefined && file.attachmentHidden === true });
}
