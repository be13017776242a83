import type { IncidentFacts } from '../facts/incident.ts';
import type { Entries } from '../facts/shape.ts';

const BY_HAND =
  'Den Zugang von außen schließt du von Hand so: in der Firewall deines Anbieters jeden Port außer SSH und VPN schließen oder den Webserver anhalten (`systemctl stop nginx`, oder `docker compose stop` für alles, was von außen erreichbar ist).';

const OUTSIDE = {
  ok: '**Der Zugang von außen ist geschlossen**, durch den Host-Helfer. SSH und VPN bleiben offen, du kommst also hinein; dieser Chat erreicht mich nur, wo deine App den Server noch erreicht. `kinkeeper unlock` an der Konsole des Servers öffnet ihn wieder.',
  failed: `**Der Zugang von außen konnte nicht geschlossen werden:** Der Host-Helfer hat es nicht getan. ${BY_HAND}`,
  'not-set-up': `**Der Zugang von außen bleibt offen**, denn es gibt keinen Host-Helfer, der ihn schließt. ${BY_HAND}`,
} as const;

/** German: what to do at an incident. */
export const incident: Entries<IncidentFacts> = {
  'lockdown.outside': ({ result }) => OUTSIDE[result],
  'lockdown.evidence': ({ result, archive, sha256 }) =>
    ({
      ok: `**Beweise sind gesichert:** ${archive}, versiegelt mit den Schlüsseln der Sicherungen, im Ordner \`evidence\` neben ihnen. SHA-256 ${sha256}. Schreib das außerhalb dieses Servers auf.`,
      failed:
        '**Beweise konnten nicht gesichert werden**; das Log von `kinkeeper-ops` sagt, warum. An der Konsole des Servers: `kinkeeper evidence`, das geht auch, während ich gesperrt bin.',
      'not-set-up':
        '**Beweise wurden keine gesichert**, weil es keine Schlüssel von Sicherungen gibt, mit denen sie versiegelt würden. Von Hand, an der Konsole des Servers: `journalctl --since -7d > DATEI` und `cp -a /var/log ORDNER`, bevor du etwas änderst.',
    })[result],
  'lockdown.no-ops': () =>
    `**Sonst wurde nichts getan:** Vom Prozess der Aufgaben (\`kinkeeper-ops\`) ist nichts zu hören. ${BY_HAND} Beweise, an der Konsole des Servers: \`kinkeeper evidence\`.`,
  'evidence.about': () =>
    'Es liegt im Ordner `evidence` neben den Sicherungen, wird nie gelöscht und öffnet sich allein mit dem privaten Schlüssel der Sicherungen: `gpg -d DATEI | zstd -d | tar x`. Kein Wort aus Papieren oder Chats ist darin.',
};
