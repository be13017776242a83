import { createTransport } from 'nodemailer';
import { mailFrame, type Way } from './way.ts';

/** Where mails go. `password` and `ca` (PEM; trusted besides what the system trusts) are optional. */
export interface MailOptions {
  readonly host: string;
  readonly port: number;
  /** starttls: refused when the server offers none, or its certificate is not trusted. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly userName?: string;
  readonly password?: string;
  readonly from: string;
  readonly to: string;
  readonly ca?: string;
}

const PATIENCE_MS = 20_000;

/** Alerts by mail: one connection each, plain text. */
export function mailWay(options: MailOptions): Way {
  const { host, port, security, userName, password, from, to, ca } = options;
  const transport = createTransport({
    ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
    ...(userName !== undefined && { auth: { user: userName, pass: password ?? '' } }),
    tls: { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) },
    ...{ connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  return {
    name: 'mail',
    async send(message, signal) {
      const { subject, foot } = mailFrame(message);
      await transport.sendMail({
        ...{ from, to, subject, text: `${message.text}\n\n${foot}\n` },
        headers: { 'Auto-Submitted': 'auto-generated' },
        // Closes the connection when it aborts, at whatever step that is.
        signal,
      });
    },
  };
}
