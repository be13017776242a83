/** A file in a mail. `type` is its MIME type; `head` adds header lines. */
export interface MailFile {
  readonly name?: string;
  readonly type: string;
  readonly bytes: Uint8Array | string;
  readonly head?: string;
}

/** What a made mail says; everything but the text has a default. */
export interface MailSource {
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  readonly files?: readonly MailFile[];
}

/** A mail as programs save it: headers, text or HTML or both, attachments in base64. */
export function makeMail({ subject = 'Boiler', text, html, files = [] }: MailSource): Buffer {
  const alternatives = [
    ...(text === undefined ? [] : [part('text/plain; charset=utf-8', text)]),
    ...(html === undefined ? [] : [part('text/html; charset=utf-8', html)]),
  ];
  const body = multipart('alternative', 'alt', alternatives);
  const parts = [body, ...files.map(filePart)];
  const head = [
    'From: Ada <ada@home.test>',
    'To: Ben Ashgrove <ben@home.test>, carla@home.test',
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    'Date: Sun, 14 Jul 2024 16:22:09 +0200',
    'Message-ID: <1@home.test>',
    'MIME-Version: 1.0',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n${multipart('mixed', 'mix', parts)}`);
}

function part(type: string, content: string): string {
  return `Content-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(Buffer.from(content))}\r\n`;
}

function filePart({ name, type, bytes, head = '' }: MailFile): string {
  const named = name === undefined ? '' : `Content-Disposition: attachment; filename="${name}"\r\n`;
  // A forwarded mail stands there as it is.
  if (type === 'message/rfc822') return `Content-Type: ${type}\r\n${named}${head}\r\n${bytes.toString()}\r\n`;
  return `Content-Type: ${type}\r\n${named}${head}Content-Transfer-Encoding: base64\r\n\r\n${base64(Buffer.from(bytes as Uint8Array))}\r\n`;
}

let boundaries = 0;

function multipart(type: string, name: string, parts: readonly string[]): string {
  const boundary = `=-${name}-${++boundaries}`;
  const body = parts.map((one) => `--${boundary}\r\n${one}`).join('');
  return `Content-Type: multipart/${type}; boundary="${boundary}"\r\n\r\n${body}--${boundary}--\r\n`;
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
}
