import type { ApiScope } from '../../../core/api-key.ts';
import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ApiFacts } from '../facts/api.ts';

const { count, day, list, moment } = FORMATS.de;

/** What keys may do, around "darf". */
export const MAY: Readonly<Record<ApiScope, string>> = {
  upload: 'Dokumente schicken',
  read: 'Dokumente auflisten',
  ask: 'Fragen stellen',
  export: 'alles exportieren',
  delete: 'mich Dokumente vergessen lassen',
};

/** German: keys of the HTTP API. */
export const api: Entries<ApiFacts> = {
  'apikey.none': ({ make }) =>
    `Du hast keine API-Schlüssel. Mit einem kann ein Scanner, ein Skript oder dein Handy mir Dokumente schicken oder nach deinen fragen: ${make} macht einen.`,
  'apikey.head': ({ keys }) => `**Du hast ${count(keys, 'API-Schlüssel', 'API-Schlüssel')}:**`,
  'apikey.line': ({ number, name, scopes, madeAt, endsAt, usedAt, uses, isEnded }) =>
    [
      `- **${number}** ${name}: darf ${list(scopes.map((scope) => MAY[scope]))}; gemacht am ${day(madeAt)}`,
      usedAt === 0 ? 'nie benutzt' : `zuletzt benutzt ${moment(usedAt)} (${count(uses, 'Mal', 'Mal')} insgesamt)`,
      isEnded ? '**abgelaufen**, er öffnet nichts mehr' : `gilt bis ${day(endsAt)}`,
    ].join('; '),
  'apikey.foot': ({ make, revoke }) =>
    `${revoke} sperrt einen sofort, ${make} macht einen weiteren. Die Schlüssel selbst kann ich nicht noch einmal zeigen.`,
  'apikey.made': ({ name, key, scopes, endsAt, revoke }) =>
    [
      `**Das ist der Schlüssel „${name}“.** Ich zeige ihn nur dieses eine Mal und behalte nur seinen Fingerabdruck:`,
      '',
      key,
      '',
      `Er darf ${list(scopes.map((scope) => MAY[scope]))}, in deinem Namen und nur mit deinen Dokumenten, bis zum ${day(endsAt)}. Ein Programm schickt ihn bei jeder Anfrage mit als \`Authorization: Bearer …\`; die Seite \`/v1/docs\` des Familienservers sagt, worum es bitten kann.`,
      `Wer ihn hat, kann das auch: Kopiere ihn dorthin, wo er gebraucht wird, und lösche dann diese Nachricht. Falls er in falsche Hände gerät: ${revoke}.`,
    ].join('\n'),
  'apikey.kept': ({ key, text }) => `Über deinen API-Schlüssel „${key}“ kam ein Dokument. ${text}`,
  'apikey.known': () => 'Genau diese Datei habe ich schon, also kam nichts dazu.',
  'apikey.not-kept': ({ key, name, why }) =>
    `Über deinen API-Schlüssel „${key}“ kam **${name}**, aber ich konnte es nicht behalten. ${why}`,
  'apikey.ends': ({ name, endsAt, usedAt, make }) =>
    `**Dein API-Schlüssel „${name}“ gilt nur noch bis zum ${day(endsAt)}**; was ihn benutzt, wird danach abgewiesen${usedAt === 0 ? ' (bisher hat ihn nichts benutzt)' : ` (zuletzt benutzt ${moment(usedAt)})`}. ${make} macht einen weiteren, der an seine Stelle kommt; brauchst du keinen, ist nichts zu tun.`,
  'apikey.rotated': ({ names, make }) =>
    `Ein Admin hat **alle API-Schlüssel** des Haushalts gesperrt, wie man es tut, wenn jemand eingedrungen sein könnte. Von deinen: ${list(names.map((name) => `„${name}“`))}. ${make} macht einen neuen; deine Dokumente sind, wie sie waren.`,
  'apikey.revoked': ({ name, uses }) =>
    `Der Schlüssel „${name}“ ist gesperrt und öffnet nichts mehr. Er wurde ${count(uses, 'Mal', 'Mal')} benutzt; \`!protokoll\` sagt, wofür.`,
};
