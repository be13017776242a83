import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { IncidentFacts } from '../facts/incident.ts';

const { count, duration, list, moment, number } = FORMATS.de;

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
  'lockdown.evidence': ({ result, archive, sha256, missing }) =>
    ({
      ok: `**Beweise sind gesichert:** ${archive}, versiegelt mit den Schlüsseln der Sicherungen, im Ordner \`evidence\` neben ihnen. SHA-256 ${sha256}. Schreib das außerhalb dieses Servers auf.${missing.length === 0 ? '' : `\n\n**Nicht darin:**\n${missing.map((part) => `- ${part}`).join('\n')}`}`,
      failed:
        '**Beweise konnten nicht gesichert werden**; das Log des Prozesses der Aufgaben (`npm run ops`) sagt, warum. An der Konsole des Servers: `kinkeeper evidence`, das geht auch, während ich gesperrt bin.',
      'not-set-up':
        '**Beweise wurden keine gesichert**, weil es keine Schlüssel von Sicherungen gibt, mit denen sie versiegelt würden. Von Hand, an der Konsole des Servers: `journalctl --since -7d > DATEI` und `cp -a /var/log ORDNER`, bevor du etwas änderst.',
    })[result],
  'lockdown.evidence-sent': ({ remote }) =>
    `**Die Beweise liegen auch bei ${remote}**, verglichen mit dem, was hier entstand.`,
  'lockdown.no-ops': () =>
    `**Sonst wurde nichts getan:** Vom Prozess der Aufgaben (\`npm run ops\`) ist nichts zu hören. ${BY_HAND} Beweise, an der Konsole des Servers: \`kinkeeper evidence\`.`,
  'evidence.about': () =>
    'Es liegt im Ordner `evidence` neben den Sicherungen und wird dort nie gelöscht; ein paar Minuten später liegt es auch an den Orten der Sicherungen (die neuesten fünf), was ich hier sage. Es öffnet sich allein mit dem privaten Schlüssel der Sicherungen: `gpg -d DATEI | zstd -d | tar x`. Kein Wort aus Papieren oder Chats ist darin.',
  'incident.steps': (step) =>
    [
      '**Ein Vorfall, in sechs Schritten.** Wenn gerade jemand eingedrungen sein könnte, beginne mit dem ersten; im Zweifel tu ihn, verloren geht dadurch nichts.',
      '',
      `1. **Anhalten:** ${step.lock} lässt alle Schlüssel fallen, schließt den Zugang von außen und sichert Beweise. ${step.lockedAt > 0 ? `Zuletzt: ${moment(step.lockedAt)}.` : 'Bisher nie geschehen.'}`,
      `2. **Nachsehen:** ${step.keep} sichert Protokolle und Aufzeichnungen, versiegelt. ${step.evidenceAt > 0 ? `Das Neueste: ${step.archive}, ${moment(step.evidenceAt)}.` : 'Noch ist nichts gesichert.'} Öffne es auf einem anderen Rechner.`,
      `3. **Wechseln:** ${step.change} führt durch alles, was etwas öffnet: ${number(step.settled)} von ${number(step.all)} abgehakt.`,
      `4. **Wiederherstellen**, wenn dem Gespeicherten nicht zu trauen ist: \`kinkeeper restore\` an der Konsole des Servers, am besten auf einem frischen Server. ${step.provenAt > 0 ? `Die neueste Sicherung, die sich bewiesen hat, ist von ${moment(step.provenAt)}.` : '**Noch hat sich keine Sicherung bewiesen.**'}`,
      '5. **Aktualisieren:** Bring Host und Programm auf den neuesten Stand, bevor du wieder jemanden hereinlässt (`!starte hostUpdates`, `!update`).',
      `6. **Aufschreiben:** ${step.report} schickt den Bericht, gefüllt, soweit ich es weiß. Wenn das Gesetz für euch gilt, muss die Behörde binnen 72 Stunden davon erfahren.`,
      '',
      step.rehearsedAt > 0
        ? `Geübt ${moment(step.rehearsedAt)}${step.failures > 0 ? `, dabei sind ${number(step.failures)} Schritte **gescheitert**` : ', und es ging gut'}. ${step.rehearse} tut es noch einmal.`
        : `Nie geübt: ${step.rehearse} geht alles durch, ohne zu schaden.`,
    ].join('\n'),
  'incident.report': ({ from, to, events, other }) =>
    `**Bericht über den Vorfall**, von ${moment(from)} bis ${moment(to)}, mit ${number(events)} Ereignissen. Was nur du weißt, ist darin markiert. ${other} schickt ihn als Text, den du ausfüllen kannst.`,
  'incident.bad-day': ({ given }) =>
    `Den Tag „${given}“ verstehe ich nicht. Er sieht aus wie 2026-01-31. Es wurde nichts gemacht.`,
  'incident.rehearsing': () =>
    'Das ist eine **Übung**: Nichts wird gesperrt, geschlossen oder verändert. Beweise werden wirklich gesichert und zurückgelesen, und dann entfernt.',
  'rotate.head': ({ startedAt, settled, all }) =>
    startedAt === 0
      ? '**Was nach einem Einbruch zu wechseln ist.** Noch ist keine Runde begonnen.'
      : `**Was nach einem Einbruch zu wechseln ist** (begonnen ${moment(startedAt)}): ${number(settled)} von ${number(all)} abgehakt.`,
  'rotate.not-begun': ({ begin }) =>
    `${begin} beginnt eine Runde: Was von da an gewechselt wird, zählt. Bis dahin wird nichts vermerkt.`,
  'rotate.absent': ({ items }) =>
    `Hier nicht eingerichtet, soweit ich sehe, und darum ausgelassen: ${list(items.map(String))}.`,
  'rotate.unchanged': ({ id, how }) =>
    `**${id} ist noch nicht gewechselt:** Ich sehe, dass es ist wie zu Beginn dieser Runde, also wurde nichts vermerkt. So geht es: ${how}`,
  'rotate.line': ({ id, stands, at, seen, call }) =>
    `- ${{ done: '✓', skipped: '–', next: '➜', open: '○' }[stands]} ${id}${{ done: seen ? `, gewechselt ${moment(at)}` : `, gewechselt, sagst du (${moment(at)})`, skipped: `, bleibt, wie es ist (${moment(at)})`, next: ' **als Nächstes**', open: '' }[stands]}${call.source === '' ? '' : ` (das kann ich: ${call})`}`,
  'rotate.next': ({ id, how, call, doneCall, skipCall }) =>
    call.source === ''
      ? `**${id}:** ${how}\n\nDanach ${doneCall}, oder ${skipCall}.`
      : `**${id}:** ${call}, und ich tue es. Von Hand: ${how}\n\nWas ich getan habe, vermerke ich selbst; sonst ${doneCall}, oder ${skipCall}.`,
  'rotate.over': () =>
    'Alles ist abgehakt. Mach jetzt eine neue Sicherung (`!starte backup`): Die älteren öffnen sich noch mit den älteren Schlüsseln.',
  'rotate.not-here': ({ id, how }) => `${id} braucht einen Menschen: ${how}`,
  'rotate.no-helper': () =>
    'Hier gibt es keinen Host-Helfer, der das könnte (`host.spoolDir`); `!wechseln` sagt, wie es von Hand geht. Es wurde nichts geändert.',
  'rotate.in-chat': () => 'Das geht nur im Ops-Raum. Es wurde nichts geändert.',
  'rotate.ask.bot-password': ({ confirm }) =>
    `Ich gebe meinem Konto ein **neues Passwort** und mir ein **neues Zugangstoken**; jede andere Sitzung meines Kontos wird abgemeldet. Mein Gerät und seine Schlüssel bleiben, niemand muss mich neu verifizieren. Das Passwort kommt in die Datei von \`matrix.passwordFile\`; zu sehen bekommt es niemand. Bestätigen: ${confirm}`,
  'rotate.ask.api-keys': ({ confirm }) =>
    `Ich **sperre alle Schlüssel der HTTP-API**, die von allen: Scanner, Skripte und Handys werden abgewiesen, bis ihre Leute neue gemacht haben. Wessen Schlüssel enden, erfährt es im eigenen Chat. Bestätige: ${confirm}`,
  'rotate.ask.ssh-host-keys': ({ confirm }) =>
    `Der Host-Helfer macht **neue Host-Schlüssel für SSH**, prüft sie mit \`sshd -t\` und lässt SSH sie lesen; offene Sitzungen bleiben. Wer danach kommt, wird einmal gewarnt, dass der Host-Schlüssel ein anderer ist. Die neuen Fingerabdrücke sage ich hier. Die alten Schlüssel werden aufbewahrt, für root allein. Bestätigen: ${confirm}`,
  'rotate.ask.wireguard': ({ confirm }) =>
    `Der Host-Helfer gibt dem Server einen **neuen WireGuard-Schlüssel**. Von da an kommt **kein Gerät durch das VPN**, bis es den neuen öffentlichen Schlüssel hat, den ich hier sage; SSH bleibt solange offen. Wenn du diesen Chat oder den Server nur durch das VPN erreichst, geh vorher an die Konsole des Anbieters. Bestätigen: ${confirm}`,
  'rotate.password-changed': ({ others }) =>
    `Mein **Passwort ist neu** und mein Zugangstoken auch: Was jemand davon kopiert hat, öffnet nichts mehr. ${others === 0 ? 'Eine andere Sitzung meines Kontos gab es nicht.' : `${count(others, 'andere Sitzung meines Kontos wurde', 'andere Sitzungen meines Kontos wurden')} **abgemeldet**; wenn du das nicht warst, hatte jemand mein Passwort.`} Mein Gerät ist dasselbe, und in der Datei von \`matrix.passwordFile\` steht das neue: Kopier sie dorthin, wo du solche Dateien sonst noch aufbewahrst, und mach eine neue Sicherung, denn ältere bringen das alte Passwort zurück.`,
  'rotate.password-refused': ({ hindrance, problem, waitMs }) =>
    `**Mein Passwort wurde nicht gewechselt.** ${
      {
        'no-file':
          'Es kommt aus keiner Datei, in die ich schreiben könnte (`matrix.passwordFile` fehlt; ein Credential von systemd ist nur zum Lesen). Setz eine, oder wechsle es von Hand.',
        file: `Die Datei von \`matrix.passwordFile\` kann ich nicht ersetzen (${problem}), und ohne sie fände ich nicht zurück. Mach Datei und Ordner für das Konto beschreibbar, unter dem ich laufe (Modus 600; eine einzelne in einen Container eingehängte Datei lässt sich nicht ersetzen, ein Ordner schon), und sag es noch einmal.`,
        off: 'Der Homeserver lässt dort niemanden ein Passwort wechseln (in Synapse `password_config`, oder die Konten liegen anderswo). Wechsle es dort, wo die Konten liegen, und schreib es in die Datei von `matrix.passwordFile`.',
        'not-by-password':
          'Der Homeserver will einen anderen Beweis, wer ich bin, als mein Passwort. Wechsle es von Hand, als Administrator des Homeservers.',
        'too-weak':
          'Die Regeln des Homeservers für Passwörter nehmen meins aus 47 Buchstaben und Ziffern nicht (in Synapse `password_config.policy`). Wechsle es von Hand.',
        'wrong-password':
          'Der Homeserver nimmt weder das Passwort aus der Datei von `matrix.passwordFile` noch das neue: Jemand anders hat es geändert. Setz eins als Administrator des Homeservers (andere Geräte abmelden, meins nicht), schreib es in die Datei, und sag es noch einmal.',
        limit: `Der Homeserver lässt gerade keine weiteren Anmeldungen zu. Versuch es ${waitMs > 0 ? `in ${duration(waitMs)}` : 'in einigen Minuten'} noch einmal.`,
        'no-answer': 'Der Homeserver antwortet nicht. Sag es noch einmal, wenn er es tut.',
      }[hindrance]
    }`,
  'rotate.password-waiting': ({ hindrance, problem, waitMs }) =>
    `${
      {
        file: `Beim Homeserver ist mein Passwort neu, aber die Datei von \`matrix.passwordFile\` konnte ich nicht ersetzen (${problem}). Ich bewahre das neue versiegelt auf und versuche es wieder.`,
        limit: `Der Homeserver lässt gerade keine weiteren Anmeldungen zu; der Wechsel meines Passworts geht ${waitMs > 0 ? `in ${duration(waitMs)}` : 'bald'} von selbst weiter.`,
        'no-answer':
          'Der Homeserver antwortet nicht mehr, darum weiß ich noch nicht, ob mein Passwort neu ist. So oder so komme ich wieder hinein: Der Wechsel geht von selbst weiter.',
      }[hindrance]
    } Wie es ausging, sage ich hier.`,
  'rotate.api-keys-ended': ({ keys, people, told }) =>
    keys === 0
      ? 'Kein API-Schlüssel öffnet mehr etwas.'
      : `**${count(keys, 'API-Schlüssel ist', 'API-Schlüssel sind')} gesperrt**, von ${count(people, 'Person', 'Personen')}; ${number(told)} davon in ihren Chats benachrichtigt. Mit \`!apischlüssel neu\` machen sie neue.`,
  'rotate.unknown': ({ given, items }) =>
    `${given === '' ? 'Sag, was' : `„${given}“ gibt es hier nicht`}. Es gibt: ${list(items.map(String))}.`,
  'rotate.how.passphrase': () =>
    'an der Konsole des Servers `kinkeeper keys passphrase`. Ich merke selbst, wenn es getan ist.',
  'rotate.how.recovery-code': () =>
    'an der Konsole des Servers `kinkeeper keys recovery-code`; schreib ihn auf Papier. Ich merke es selbst.',
  'rotate.how.master-key': () =>
    'Bot und Ops anhalten, dann `kinkeeper keys rotate-master` an der Konsole des Servers; das macht auch einen neuen Wiederherstellungscode. Ich merke es selbst.',
  'rotate.how.people-keys': () => 'hier `!schlüssel wechseln ja`. Ich merke es selbst.',
  'rotate.how.bot-password': () =>
    'beim Homeserver ein neues Passwort für mein Konto setzen (Synapse Admin, oder `/account/password` seiner API; andere Geräte abmelden, mich nicht) und es in die Datei von `matrix.passwordFile` schreiben. Meine Sitzung und mein Gerät bleiben.',
  'rotate.how.accounts-token': () =>
    'das Konto, dessen Token es ist, beim Homeserver abmelden (`/logout/all` mit diesem Token), ihm ein neues Passwort geben, es wieder anmelden und das neue Token in die Datei von `homeserver.adminTokenFile` schreiben; den Bot neu starten. Dann nach **Administratoren suchen, die du nicht angelegt hast** (`/_synapse/admin/v2/users?admins=true`).',
  'rotate.how.api-keys': () => 'alle sperren ihre eigenen mit `!apischlüssel sperren` und machen neue.',
  'rotate.how.model-keys': () =>
    'bei jedem Modell-Server, den du nutzt, einen neuen Schlüssel machen, in seine `...apiKeyFile` schreiben, den Bot neu starten und dann **den alten Schlüssel dort entziehen**. Bei lokalen Modellen: auslassen.',
  'rotate.how.database': () =>
    'ein neuer `api_key` für Qdrant (seine Einstellungen und `store.apiKeyFile`), ein neues Passwort für die Datenbank des Homeservers (`ALTER ROLE … PASSWORD`, seine Einstellungen und `homeserver.connectionFile`); neu starten und prüfen, dass das alte abgewiesen wird. Ohne beides: auslassen.',
  'rotate.how.ssh-host-keys': () =>
    'als root: `rm /etc/ssh/ssh_host_*` und `ssh-keygen -A`, dann `systemctl restart ssh`; notiere die neuen Fingerabdrücke an der Konsole des Anbieters, und sieh jede `authorized_keys` durch.',
  'rotate.how.wireguard': () =>
    'als root: `wg genkey` für den Server und jedes Gerät, die öffentlichen Hälften tauschen, die alten Peers entfernen, `systemctl restart wg-quick@wg0`. Lass einen zweiten Zugang offen, bis es geht.',
  'rotate.how.backup-key': () =>
    '**nicht auf diesem Server:** `kinkeeper backup keys` auf deinem eigenen Rechner, die öffentliche Hälfte in die Datei von `backup.recipientsFile`. Behalte die alte private Hälfte: Ältere Sicherungen öffnen sich nur mit ihr. Auch neue Passwörter für die entfernten Orte.',
};
