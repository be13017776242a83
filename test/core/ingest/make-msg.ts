import { CFB } from '@e965/xlsx';

/** A file in an Outlook message. */
export interface MsgFile {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** A forwarded message, which Outlook stores as folders of its own. */
  readonly message?: MsgSource;
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
  displayName: '3001001F',
  folder: '3701000D',
  recipientName: '3001001F',
  recipientAddress: '39FE001F',
} as const;

const HEAD_BYTES = { message: 32, forwarded: 24, inner: 8 };

type Put = (path: string, bytes: Uint8Array) => void;

/** A .msg as Outlook saves it ([MS-OXMSG]), in a real OLE container. */
export function makeMsg(source: MsgSource): Buffer {
  const cfb = CFB.utils.cfb_new();
  const put: Put = (path, bytes) => void CFB.utils.cfb_add(cfb, path, [...bytes]);
  put('/__properties_version1.0', Buffer.alloc(HEAD_BYTES.message));
  putMessage(put, '', source);
  return Buffer.from(CFB.write(cfb, { type: 'buffer' }) as Uint8Array);
}

function putMessage(put: Put, at: string, { subject, text, html, files = [] }: MsgSource): void {
  const string = (folder: string, tag: string, value: string) =>
    put(`${at}${folder}/__substg1.0_${tag}`, Buffer.from(value, 'utf16le'));
  string('', TAG.subject, subject);
  string('', TAG.senderName, 'Ada');
  string('', TAG.senderAddress, 'ada@home.test');
  if (text !== undefined) string('', TAG.text, text);
  if (html !== undefined) put(`${at}/__substg1.0_${TAG.html}`, Buffer.from(html));
  put(`${at}/__recip_version1.0_#00000000/__properties_version1.0`, Buffer.alloc(HEAD_BYTES.inner));
  string('/__recip_version1.0_#00000000', TAG.recipientName, 'Ben');
  string('/__recip_version1.0_#00000000', TAG.recipientAddress, 'ben@home.test');
  for (const [index, { name, bytes, message }] of files.entries()) {
    const folder = `/__attach_version1.0_#${String(index).padStart(8, '0')}`;
    put(`${at}${folder}/__properties_version1.0`, Buffer.alloc(HEAD_BYTES.inner));
    string(folder, message ? TAG.displayName : TAG.fileName, name);
    if (bytes) put(`${at}${folder}/__substg1.0_${TAG.fileBytes}`, bytes);
    if (!message) continue;
    const inner = `${at}${folder}/__substg1.0_${TAG.folder}`;
    put(`${inner}/__properties_version1.0`, Buffer.alloc(HEAD_BYTES.forwarded));
    putMessage(put, inner, message);
  }
}
