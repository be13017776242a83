import type { Setting } from '../setting.ts';
import { choice, count, listen, mailAddress, nearUrl, secretFile, text } from '../setting-types.ts';

/** Figures, and how alerts leave when Matrix does not work. */
export const watchingSettings = {
  'metrics.bot': {
    type: listen,
    fallback: '',
    meaning:
      'Where the bot shows its figures to Prometheus, at /metrics; counts without names, but without a password: an address of this machine. Empty: off',
  },
  'metrics.ops': { type: listen, fallback: '', meaning: 'The same of ops' },
  'alerts.secondWay.from': {
    type: choice(['warning', 'critical']),
    fallback: 'critical',
    meaning: 'From which weight on an alert leaves by mail or webhook when Matrix has not carried it for ten minutes',
  },
  'alerts.mail.host': {
    type: text,
    switchesOn: true,
    example: 'smtp.example.org',
    meaning: 'Mail server for alerts when Matrix is down. Left out: none are mailed',
  },
  'alerts.mail.port': {
    type: count('a port', 1, 65_535),
    switchesOn: true,
    example: 465,
    meaning: 'Its port. Left out: 465 with tls, 587 with starttls, 25 with none',
  },
  'alerts.mail.security': {
    type: choice(['tls', 'starttls', 'none']),
    fallback: 'tls',
    meaning: 'How the connection is protected. none: only to this machine',
  },
  'alerts.mail.userName': { type: text, switchesOn: true, example: 'kin', meaning: 'Name for the mail server' },
  'alerts.mail.passwordFile': {
    type: secretFile,
    switchesOn: true,
    credential: 'mail-password',
    example: './secrets/mail-password',
    meaning: 'File with the password for the mail server',
  },
  'alerts.mail.from': {
    type: mailAddress,
    switchesOn: true,
    example: 'kin@example.org',
    meaning: 'Sender of the mails',
  },
  'alerts.mail.to': { type: mailAddress, switchesOn: true, example: 'ada@example.org', meaning: 'Who gets them' },
  'alerts.webhook.url': {
    type: nearUrl,
    switchesOn: true,
    example: 'https://hooks.example.org/kinkeeper',
    meaning:
      'Address that alerts are posted to when Matrix is down, as JSON { severity, code, text, at, reference }, and with over: true once they have ended. Left out: none are',
  },
  'alerts.webhook.tokenFile': {
    type: secretFile,
    switchesOn: true,
    credential: 'webhook-token',
    example: './secrets/webhook-token',
    meaning: 'File with the token that is sent along (Authorization: Bearer)',
  },
} as const satisfies Record<string, Setting>;
