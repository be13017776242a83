import { CFB } from '@e965/xlsx';

/** A file in an Outlook message. */
export interface MsgFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a made Outlook message says. */
export interface MsgSource {
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly files?: readonly MsgFile[];
}

/** Property tags ([MS-OXPROPS]) of the streams written here: 001F is a UTF-16 string, 0102 bytes. */
const TAG = {
  subject: '0037001F',
  senderName: '0C1A001F',
  senderAddress: '5D01001F',
  text: '1000001F',
  html: '10130102',
  fileName: '3707001F',
  fileBytes: '37010102',
  recipientName: '3001001F',
  recipientAddress: '39FE001F',
} as const;

const HEAD_BYTES = { message: 32, inner: 8 };

/** A .msg as Outlook saves it ([MS-OXMSG]), in a real OLE container. */
export function makeMsg({ subject, text, html, files = [] }: MsgSource): Buffer {
  const cfb = CFB.utils.cfb_new();
  const put = (path: string, bytes: Uint8Array) => CFB.utils.cfb_add(cfb, path, [...bytes]);
  const string = (folder: string, tag: string, value: string) =>
    put(`${folder}/__substg1.0_${tag}`, Buffer.from(value, 'utf16le'));
  put('/__properties_version1.0', Buffer.alloc(HEAD_BYTES.message));
  string('', TAG.subject, subject);
  string('', TAG.senderName, 'Ada');
  string('', TAG.senderAddress, 'ada@home.test');
  if (text !== undefined) string('', TAG.text, text);
  if (html !== undefined) put(`/__substg1.0_${TAG.html}`, Buffer.from(html));
  put('/__recip_version1.0_#00000000/__properties_version1.0', Buffer.alloc(HEAD_BYTES.inner));
  string('/__recip_version1.0_#00000000', TAG.recipientName, 'Ben');
  string('/__recip_version1.0_#00000000', TAG.recipientAddress, 'ben@home.test');
  for (const [index, { name, bytes }] of files.entries()) {
    const folder = `/__attach_version1.0_#${String(index).padStart(8, '0')}`;
    put(`${folder}/__properties_version1.0`, Buffer.alloc(HEAD_BYTES.inner));
    string(folder, TAG.fileName, name);
    put(`${folder}/__substg1.0_${TAG.fileBytes}`, bytes);
  }
  return Buffer.from(CFB.write(cfb, { type: 'buffer' }) as Uint8Array);
}
