import type { AlertTexts, OpsFacts } from '../facts/ops.ts';
import type { Entries } from '../facts/shape.ts';
import { FORMATS } from '../format.ts';

const { bytes, count, duration, moment, number } = FORMATS.de;

/** German: the ops room. */
export const ops: Entries<OpsFacts> = {
  'ops.welcome': () =>
    [
      '**Das ist der Betriebsraum: die Konsole deines Kinkeepers.**',
      '',
      'Hier kommen Warnungen und Berichte an, und Befehle gehen mit und ohne `!`:',
      '- `status` zeigt, wie es allem geht',
      '- `leute` listet auf, wer mit mir reden darf; `people add @name:server` und `people remove @name:server` ändern es',
      '- `warnungen` zeigt, was war',
      '- `hilfe` zeigt den Rest',
      '',
      'Hier siehst du Anzahlen, Größen und Fehler, nie die Worte von jemandem. Für deine eigenen Dokumente öffne einen Direktchat mit mir.',
    ].join('\n'),
  'ops.recovery-key': ({ key }) =>
    [
      '**Mein Wiederherstellungsschlüssel für Matrix.** Mit ihm kann ich nach einer Neuinstallation beweisen, dass ich noch derselbe Bot bin. Ich zeige ihn nur dieses eine Mal und behalte keine lesbare Kopie.',
      '',
      `**${key}**`,
      '',
      'Schreib ihn auf und bewahre ihn getrennt vom Server auf. Wenn du den Wiederherstellungscode bestätigst (wie, steht bei ihm), nehme ich auch diese Nachricht zurück.',
    ].join('\n'),
  'ops.recovery-code': ({ code }) =>
    [
      '**Der Wiederherstellungscode für alles, was gespeichert ist.** Er öffnet die Daten der Familie, wenn die Passphrase verloren geht. Ich zeige ihn nur dieses eine Mal und speichere ihn nirgends; bis du bestätigst, weiß ich nur, wie sich seine letzte Gruppe prüfen lässt.',
      '',
      `**${code}**`,
      '',
      'Schreib ihn auf Papier und bewahre ihn getrennt vom Server auf. **Schick mir dann vom Papier seine letzten fünf Zeichen:** `!schlüssel bestätigen …`. Stimmen sie, nehme ich diese Nachricht und die mit meinem Wiederherstellungsschlüssel zurück. Wer ihn und eine Kopie der Festplatte hat, kann alles lesen.',
    ].join('\n'),
  'ops.no-questions': () =>
    'In diesem Raum nehme ich nur Befehle an; `hilfe` zählt sie auf. Fragen zu deinen Dokumenten gehören in deinen Direktchat mit mir.',
  'ops.no-files': () => 'Aus diesem Raum behalte ich keine Dateien. Schick sie bitte in deinem Direktchat mit mir.',
  'restored.person': ({ madeAt }) =>
    `Mein Server wurde aus einer Sicherung vom **${moment(madeAt)}** wiederhergestellt. Was du danach geschickt hast, fehlt: Bitte schick es noch einmal. Was ich danach vergessen sollte, kann wieder da sein: Bitte lass es noch einmal vergessen.`,
  'restored.ops': ({ madeAt, told, people, stores, documents, asked, answered, damaged }) =>
    [
      `**Wiederhergestellt aus der Sicherung vom ${moment(madeAt)}.** Ich bin ein neues Gerät mit meiner alten Identität.`,
      '',
      `- ${count(stores, 'Speicher', 'Speicher')} geöffnet mit ${count(documents, 'Dokument', 'Dokumenten')}${damaged > 0 ? `; **${number(damaged)} nicht lesbar**` : ''}`,
      `- ${number(answered)} von ${count(asked, 'Testfrage', 'Testfragen')} beantwortet${answered < asked ? ': **sieh dir das an, bevor du dieser Wiederherstellung traust**' : ''}`,
      `- ${number(told)} von ${count(people, 'Person', 'Personen')} in ihren Chats benachrichtigt`,
    ].join('\n'),
  'ops.started': ({ version, model }) =>
    `Ich laufe (Version ${version}). ${model === '' ? 'Kein Sprachmodell ist in Gebrauch: Antworten sind die Stellen selbst.' : `Antworten schreibt ${model}.`}`,
  'severity.info': () => 'zur Information',
  'severity.warning': () => '**Warnung**',
  'severity.critical': () => '**dringend**',
  'alert.other': ({ code, facts }) => `etwas namens „${code}“ wurde gemeldet${facts === '' ? '.' : ` (${facts}).`}`,
  'alert.repeated': ({ times }) => `Es wurde ${number(times)}-mal gemeldet.`,
};

/** German: alerts. What is the matter, and what to do. */
export const alerts: Entries<AlertTexts> = {
  'alert.bot-silent': ({ seconds }) =>
    `Der Bot ist seit ${duration(seconds * 1000)} stumm. Sieh in sein Protokoll und starte ihn neu.`,
  'alert.ops-silent': ({ seconds }) =>
    `Der ops-Prozess ist seit ${duration(seconds * 1000)} stumm; keine Aufgaben laufen. Sieh in sein Protokoll und starte ihn neu.`,
  'alert.disk-low': ({ freeBytes }) =>
    `Der Speicherplatz geht zur Neige: ${bytes(freeBytes)} sind übrig. Schaff bitte bald Platz.`,
  'alert.disk-critical': ({ freeBytes }) =>
    `Der Speicherplatz ist fast voll: nur noch ${bytes(freeBytes)}, und neue Dokumente werden abgelehnt. Schaff bitte jetzt Platz.`,
  'alert.inodes-low': ({ freePercent }) =>
    `Die Festplatte fasst kaum noch Dateien: ${number(freePercent)} % ihrer Inodes sind frei. Lösche, was nicht gebraucht wird.`,
  'alert.memory-low': ({ freeBytes }) =>
    `Der Arbeitsspeicher ist knapp: ${bytes(freeBytes)} sind verfügbar. Ein kleineres Modell oder mehr Speicher hilft.`,
  'alert.load-high': ({ loadPerCore }) =>
    `Die Maschine ist überlastet: Je Kern warten ${number(loadPerCore)} Aufgaben. Sieh nach, was sonst darauf läuft, oder miete mehr Kerne.`,
  'alert.alerts-waiting': ({ count: alerts, seconds }) =>
    `${count(alerts, 'Warnung konnte', 'Warnungen konnten')} seit ${duration(seconds * 1000)} nicht zugestellt werden. Ist der Bot im Betriebsraum?`,
  'alert.homeserver-unreachable': ({ seconds }) =>
    `Ich habe den Homeserver seit ${duration(seconds * 1000)} nicht erreicht. Nachrichten warten dort und werden nachgeholt.`,
  'alert.job-failed': ({ job, reference }) =>
    `Die Aufgabe **${job}** ist fehlgeschlagen. Ihre Kennung im Protokoll ist **${reference}**.`,
  'alert.job-lost': ({ count: jobs }) =>
    `${count(jobs, 'Aufgabe wurde', 'Aufgaben wurden')} abgebrochen, als der Prozess endete. Was fällig war, läuft von selbst noch einmal.`,
  'alert.undecryptable': ({ count: messages }) =>
    `${count(messages, 'Nachricht wartet', 'Nachrichten warten')} auf einen Schlüssel, der nicht bei mir angekommen ist. Die Betroffenen wissen Bescheid.`,
  'alert.no-signed-device': ({ person }) =>
    `${person} hat kein bestätigtes Gerät, deshalb kann ich nicht sicher dorthin schreiben. Bitte die Person, ihre Sitzung in Element zu verifizieren.`,
  'alert.stranger-invite': ({ count: invites }) =>
    `Ich habe ${count(invites, 'Einladung', 'Einladungen')} von Fremden ungelesen abgelehnt. \`people add\` lässt jemanden mit mir reden.`,
  'alert.embedder-failing': ({ failures }) =>
    `Der Embedder ist ${number(failures)}-mal hintereinander ausgefallen; gesucht wird weiter mit Wörtern und eingebauten Vektoren. Läuft sein Server?`,
  'alert.index-failing': ({ failures }) =>
    `Qdrant ließ sich ${number(failures)}-mal hintereinander nicht auf den neuesten Stand bringen; ich suche so lange in den versiegelten Dateien, und nichts geht verloren. Läuft es, und passt sein Schlüssel noch? \`kinkeeper doctor\` weiß mehr.`,
  'alert.index-damaged': () =>
    'Eine Stelle in Qdrant war nicht so, wie ich sie versiegelt hatte; ich habe aus der versiegelten Datei geantwortet und sie neu geschickt, und niemand hat etwas Falsches gesehen. Wer kann sonst noch auf diesen Server schreiben?',
  'alert.model-failing': ({ reference }) =>
    `Das Sprachmodell antwortet nicht; die Leute bekommen stattdessen die Stellen selbst. Kennung im Protokoll: **${reference}**.`,
  'alert.reader-unavailable': () =>
    'Dateien können auf dieser Maschine nicht sicher gelesen werden, deshalb wird keine gelesen. `kinkeeper doctor` sagt, was fehlt.',
  'alert.identity-changed': ({ person }) =>
    `Das Konto von ${person} hat eine andere Identität als bisher. War das kein eigenes Zurücksetzen, benutzt jemand anderes das Konto. Ich lese nichts davon und schicke nichts dorthin, bis sie bestätigt ist: Frag die Person selbst und schick dann \`leute bestätigen\` mit der Adresse. Die eigene Identität bestätigt ein Admin auf dem Server, mit \`kinkeeper people confirm\`.`,
  'alert.crypto-store-lost': () =>
    'Mein Verschlüsselungsspeicher ist verloren gegangen; ich habe als neues Gerät neu begonnen. Ältere Nachrichten ohne Schlüssel bleiben für mich unlesbar.',
  'alert.keys-changed': ({ count: keys }) =>
    `${count(keys, 'Schlüssel ist', 'Schlüssel sind')} neu, und was unter dem alten versiegelt war, ist weg.`,
  'alert.key-change-failed': ({ reference }) =>
    `Der Schlüssel einer Person ließ sich nicht wechseln; der alte gilt weiter, und ich versuche es wieder. Ist die Festplatte voll? Kennung im Protokoll: **${reference}**.`,
  'alert.erase-failing': ({ reference, step, attempts }) =>
    `Das Löschen **${reference}** kommt über den Schritt „${step}“ nicht hinaus (${count(attempts, 'Versuch', 'Versuche')}). Es geht von selbst weiter; bleibt es so, steht im Log unter dieser Nummer mehr.`,
  'alert.receipt-undelivered': ({ reference }) =>
    `Das Löschen **${reference}** ist fertig, aber die Quittung konnte nicht zugestellt werden: Außer ihrem Leser darf niemand im Chat sein, und es ist niemand da.`,
  'alert.erased-again': ({ count: people }) =>
    `Der Zustandsordner stammt aus der Zeit, bevor ${count(people, 'Person gelöscht wurde', 'Personen gelöscht wurden')}. Ich habe das Löschen wiederholt.`,
  'alert.ended-again': ({ papers, shares }) =>
    `Der Zustandsordner stammt aus früherer Zeit. Ich habe ${count(papers, 'Dokument', 'Dokumente')} wieder vergessen und ${count(shares, 'Freigabe', 'Freigaben')} beendet.`,
  'alert.tombstones-damaged': () =>
    'Die Liste des Gelöschten (`tombstones` im Zustandsordner) war beschädigt, gekürzt, nicht da oder gehört woandershin. Ich habe sie aus control.db neu geschrieben; nach einer Wiederherstellung können Menschen, Freigaben und Dokumente zurück sein, die weg waren. Leg die neueste Kopie dieser Datei dorthin und starte mich neu.',
  'alert.clock-jumped': ({ days }) =>
    `Die Uhr des Servers geht ${count(Math.abs(days), 'Tag', 'Tage')} ${days < 0 ? 'nach' : 'vor'}, verglichen mit dem letzten Mal. War der Server so lange aus, ist alles gut. Bis diese Zeit einen Tag lang weitergegangen ist, entferne ich nichts wegen seines Alters; geht die Uhr falsch, stell sie richtig.`,
  'alert.keys-older': () =>
    'keys.json ist älter als die letzte Änderung der Passphrase oder des Wiederherstellungscodes: Jemand hat eine frühere Datei zurückgelegt, und das Ersetzte öffnet den Haushalt wieder. Warst du das nicht, finde heraus, wer Zugang zum Server hatte. `kinkeeper keys passphrase` und `kinkeeper keys recovery-code` setzen beides neu.',
  'alert.store-damaged': ({ file }) =>
    `\`tenants/${file}\` im Zustandsordner lässt sich nicht lesen. Was darin steht, fehlt in Antworten und Listen, bis du es aus einer Sicherung zurückspielst (seither vergessene Papiere sind dann wieder da und noch einmal zu vergessen); bei allen anderen geht alles weiter. War es eine verliehene Kopie, können die beiden das Verleihen beenden, dann ist sie weg.`,
  'alert.backup-proven': ({ generation, bytes: size, seconds, tenants, questions, place }) =>
    `Die Sicherung **${generation}** ist erprobt: aus ${place === 'local' ? 'dem Ordner auf diesem Rechner' : place} in ${duration(seconds * 1000)} probeweise wiederhergestellt (${bytes(size)}), ${count(tenants, 'Speicher', 'Speicher')} geöffnet, ${count(questions, 'Prüffrage', 'Prüffragen')} beantwortet. Die Probe ist wieder gelöscht.`,
  'alert.backup-unproven': ({ generation, reason }) =>
    `Die Sicherung **${generation}** hat die Probe nicht bestanden (${reason}): Verlass dich nicht auf sie. Mach mit \`run backup\` eine neue, dann \`run drill\`; die letzte erprobte bleibt bis dahin erhalten.`,
  'alert.audit-broken': ({ row }) =>
    `Die Protokollkette wurde in Zeile ${number(row)} von außen verändert. Finde heraus, wer Zugang zum Server hatte.`,
  'alert.audit-anchor': ({ rows, hash, at }) =>
    `Die Protokollkette ist heil: ${count(rows, 'Zeile', 'Zeilen')}. Ihr Siegel, zum späteren Vergleich: \`{"rows":${rows},"hash":"${hash}","at":${at}}\``,
};
