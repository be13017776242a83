import { sayCheck } from '../checklist/say-check.ts';
import { FORMATS, wholeMinutes } from '../format.ts';
import type { Entries } from '../shape.ts';
import type { AlertFrame, AlertTexts } from './facts.ts';

const { bytes, count, duration, moment, number } = FORMATS.de;

/** German: what stands around an alert. */
export const alertFrame: Entries<AlertFrame> = {
  'severity.info': () => 'zur Information',
  'severity.warning': () => '**Warnung**',
  'severity.critical': () => '**dringend**',
  'alert.other': ({ code, facts }) => `etwas namens „${code}“ wurde gemeldet${facts === '' ? '.' : ` (${facts}).`}`,
  'alert.repeated': ({ times }) => `Es wurde ${number(times)}-mal gemeldet.`,
  'alert.somebody': () => '(jemand)',
  'alert.mail': ({ reference }) =>
    `Der Betriebsraum war nicht zu erreichen. Dort zeigt \`!warnungen ${reference}\` mehr.`,
  'alert.mail-over': () => 'vorbei',
  'alert.raised': ({ severity, reference, text }) => `${severity} (${reference}): ${text}`,
  'alert.flapping': ({ reference, text }) =>
    `**${reference} kommt und geht immer wieder.** Ich sage erst wieder etwas, wenn eine Stunde lang Ruhe war. ${text}`,
  'alert.again': ({ severity, reference, text }) => `${severity} (${reference}), verschoben, dauert an: ${text}`,
  'alert.reminder': ({ severity, reference, text, time }) =>
    `${severity} (${reference}) seit ${duration(time)}, und niemand hat es zur Kenntnis genommen: ${text} \`!warnungen gesehen ${reference}\` sagt, dass du es hast.`,
  'alert.over': ({ reference, text, time }) => `${reference} ist nach ${duration(time)} vorbei. Es war: ${text}`,
};

/** Why an update went back, by what the host helper noted (ops/host/helper/release.sh). */
const WHY_RETURNED: Readonly<Record<string, string>> = {
  'gate-failed': 'Sie ließ nicht alles Gespeicherte, wie es war.',
  'no-confirmation': 'Sie hat nicht rechtzeitig gezeigt, dass sie funktioniert.',
  'service-died': 'Sie lief nicht weiter.',
  'state-in-use':
    'Jemand arbeitete an der Befehlszeile des Servers mit den Daten: eine Konsole, ein Import, ein Backup. Ist das fertig, starte die Aktualisierung noch einmal.',
  interrupted: 'Die Maschine wurde mittendrin angehalten.',
  other: 'Mehr steht im Protokoll des Host-Helfers (acts.log).',
};

/** Was mit einem Ort ist, und was dagegen hilft. */
const REMOTE: Readonly<Record<string, string>> = {
  away: 'Der Ort ist nicht zu erreichen. Sieh nach, ob er eingeschaltet und verbunden ist.',
  'not-mounted':
    'Sein Ordner ist nicht da. Sieh nach, ob die Festplatte oder Freigabe, auf der er liegt, angeschlossen und eingehängt ist.',
  full: 'Er ist voll. Schaff dort Platz, oder behalte weniger Sicherungen (`backup.keep`).',
  refused:
    'Er lässt mich das nicht tun. Seine Rechte oder mein Schlüssel dort wurden geändert: Wer sich um ihn kümmert, muss mich wieder einlassen.',
  'wrong-machine':
    'An seiner Stelle antwortet eine andere Maschine. Hat sie niemand neu eingerichtet, steht vielleicht jemand dazwischen: Lass es so, bis du es weißt.',
  clock: 'Er weist mich ab, weil die Uhr des Servers falsch geht. Stell die Uhr richtig.',
  'no-folder': 'Der Ordner oder Bucket für die Sicherungen fehlt dort. Leg ihn wieder an.',
  settings: 'Was die Einstellungen über ihn sagen, passt nicht: Berichtige es in `kinkeeper.yaml` auf dem Server.',
  program: 'Ein Programm, das dafür nötig ist (rsync oder ssh), fehlt hier oder dort. Installiere es.',
  'too-long':
    'Er antwortet mit mehr, als ein Ort für Sicherungen je hätte. Trau dieser Maschine nicht mehr, bis jemand nachgesehen hat.',
  slow: 'Er wurde in seinem Teil der Nacht nicht fertig. Wiederholt sich das, ist seine Leitung zu langsam, oder dort stimmt etwas nicht.',
  damaged: 'Er hat andere Bytes, als ich geschickt habe. Seine Festplatte ist vielleicht kaputt: Sieh nach.',
  'changed-here':
    'Die Sicherung auf dieser Maschine ist nicht mehr, wie ich sie gemacht habe. Die Festplatte des Servers ist vielleicht kaputt: Sieh nach.',
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
  'alert.homeserver-unreachable': ({ seconds, since }) =>
    `Ich erreiche den Homeserver nicht. Er antwortet nicht mehr seit ${moment(since)}${seconds < 60 ? '' : `, also schon ${duration(wholeMinutes(seconds * 1000))} lang`}. Läuft er (\`systemctl status matrix-synapse\` oder \`docker compose ps\`), und hat seine Platte Platz? Sein Log sagt mehr. Nachrichten warten dort und werden nachgeholt, sobald er wieder da ist.`,
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
  'alert.backup-proven': ({ generation, bytes: size, seconds, tenants, questions, leftOut, place }) =>
    `Die Sicherung **${generation}** ist erprobt: aus ${place === 'local' ? 'dem Ordner auf diesem Rechner' : place} in ${duration(seconds * 1000)} probeweise wiederhergestellt (${bytes(size)}), ${count(tenants, 'Speicher', 'Speicher')} geöffnet, ${count(questions, 'Prüffrage', 'Prüffragen')} beantwortet. Die Probe ist wieder gelöscht.${leftOut > 0 ? ` **Nicht darin:** ${count(leftOut, 'Sache, die ein Link ist oder nicht da war', 'Sachen, die Links sind oder nicht da waren')}; \`kinkeeper restore --check\` nennt sie, \`kinkeeper doctor\` den heutigen Stand.` : ''}`,
  'alert.drill-failed': ({ generation, reason }) =>
    `Die Sicherung **${generation}** hat die Probe nicht bestanden (${reason}): Verlass dich nicht auf sie. Mach mit \`run backup\` eine neue, dann \`run drill\`; die letzte erprobte bleibt bis dahin erhalten.`,
  'alert.backup-copy-bad': ({ generation, remote, reason }) =>
    `Die Kopie der Sicherung **${generation}** ${remote === 'local' ? 'auf dem Server' : `bei **${remote}**`} ist nicht zu gebrauchen (${reason}); ich habe die Sicherung von einem anderen Ort erprobt. Sieh nach, was dort nicht stimmt: Verlass dich bis dahin nicht auf das, was dort liegt.`,
  'alert.remote-failing': ({ remote, trouble, reference }) =>
    `Zu **${remote}** kommt keine Sicherung. ${REMOTE[trouble] ?? 'Dort ging etwas schief, wofür ich keinen Namen habe. Das Log auf dem Server sagt mehr.'} Ich versuche es jedes Mal wieder, wenn sie anstehen; im Log steht es unter **${reference}**.`,
  'alert.evidence-sent': ({ archive, remote }) =>
    `Die Beweise **${archive}** liegen jetzt auch bei **${remote}**, verglichen mit dem, was hier entstand.`,
  'alert.backup-copy-missing': ({ remote, count: copies }) =>
    `${count(copies, 'Sicherung ist', 'Sicherungen sind')} ${remote === 'local' ? 'aus dem Sicherungsordner dieser Maschine' : `bei **${remote}**`} verschwunden, und ich habe sie nicht entfernt. Was noch auf dieser Maschine liegt, schicke ich neu. Warst du es auch nicht, finde heraus, wer dort Zugang hatte.`,
  'alert.backup-copy-changed': ({ remote, generation }) =>
    remote === 'local'
      ? `Die Datei der Sicherung **${generation}** im Sicherungsordner dieser Maschine ist beschädigt: Sie ist nicht, was ich gemacht habe. Ich zähle nicht mehr auf sie; sieh nach der Festplatte, und lösche danach die Datei. Ist die Platte in Ordnung, finde heraus, wer Zugang hatte.`
      : `Die Kopie der Sicherung **${generation}** bei **${remote}** ist beschädigt: Sie ist nicht, was ich dorthin geschickt habe. Ich zähle nicht mehr auf sie und schicke sie neu, wenn sie auf dieser Maschine noch heil ist. Sieh dort nach der Festplatte; ist sie in Ordnung, finde heraus, wer Zugang hatte.`,
  'alert.audit-broken': ({ row }) =>
    `Die Protokollkette wurde in Zeile ${number(row)} von außen verändert. Finde heraus, wer Zugang zum Server hatte.`,
  'alert.disk-full-soon': ({ days }) =>
    `Wenn es so weitergeht wie in den letzten Tagen, ist die Festplatte in ${count(Math.round(days), 'Tag', 'Tagen')} voll. Schaff bitte Platz oder miete eine größere.`,
  'alert.backup-disk-low': ({ freeBytes }) =>
    `Die Festplatte für Sicherungen geht zur Neige: ${bytes(freeBytes)} sind übrig. Ohne Platz dort misslingt die nächste Sicherung: Schaff Platz, oder behalte weniger (\`backup.keep\`).`,
  'alert.backup-disk-full-soon': ({ days }) =>
    `Wenn es so weitergeht wie in den letzten Tagen, ist die Festplatte für Sicherungen in ${count(Math.round(days), 'Tag', 'Tagen')} voll. Schaff dort Platz, oder behalte weniger (\`backup.keep\`).`,
  'alert.swap-full': ({ usedPercent }) =>
    `Der Arbeitsspeicher reicht nicht, die Maschine arbeitet von der Festplatte: ${number(usedPercent)} % des Auslagerungsspeichers sind belegt. Ein kleineres Modell oder mehr Arbeitsspeicher würde helfen.`,
  'alert.clock-unsynchronised': () =>
    'Kein Zeitserver hält die Uhr des Servers richtig. Zertifikate, Zeitpläne und Fristen hängen davon ab: `timedatectl` auf dem Server sagt, was fehlt.',
  'alert.homeserver-database-failing': ({ seconds }) =>
    `Der Homeserver antwortet, aber wofür er seine Datenbank braucht, misslingt schon ${duration(seconds * 1000)} lang. Läuft die Datenbank, ist ihre Festplatte nicht voll? Das Protokoll des Homeservers weiß mehr.`,
  'alert.answering-unreachable': ({ seconds }) =>
    `Der Server des Sprachmodells antwortet seit ${duration(seconds * 1000)} nicht; die Leute bekommen stattdessen Stellen. Läuft er?`,
  'alert.embedding-unreachable': ({ seconds }) =>
    `Der Server des Einbettungsmodells antwortet seit ${duration(seconds * 1000)} nicht; gesucht wird weiter mit Wörtern und eingebauten Vektoren. Läuft er?`,
  'alert.index-unreachable': ({ seconds }) =>
    `Qdrant antwortet seit ${duration(seconds * 1000)} nicht; ich suche stattdessen in den versiegelten Dateien, und nichts geht verloren. Läuft es?`,
  'alert.work-waiting': ({ count: waiting, seconds }) =>
    `${count(waiting, 'Datei oder Frage wartet', 'Dateien und Fragen warten')}, die älteste schon ${duration(seconds * 1000)} lang. Ist die Maschine überlastet, oder ein Modell zu langsam für sie? \`status\` zeigt die Schlangen.`,
  'alert.replies-waiting': ({ count: waiting, seconds }) =>
    `${count(waiting, 'Antwort wartet', 'Antworten warten')} darauf, gesendet zu werden, die älteste schon ${duration(seconds * 1000)} lang. Sie gehen von selbst hinaus, sobald der Homeserver sie annimmt und ihre Leser ein bestätigtes Gerät haben; das Protokoll des Bots sagt, worauf sie warten.`,
  'alert.one-time-keys-low': ({ count: keys }) =>
    `Auf dem Homeserver liegen nur noch ${count(keys, 'Einmalschlüssel', 'Einmalschlüssel')} von mir; ohne sie kann niemand anfangen, mir zu schreiben. Ich lade selbst neue hoch: Wenn das so bleibt, sieh in meinem Protokoll nach, was der Homeserver ablehnt.`,
  'alert.device-unsigned': () =>
    'Mein eigenes Gerät ist nicht mehr von meiner Identität unterschrieben; Apps warnen deshalb vor mir oder schicken mir keine Schlüssel. Wenn du mein Konto nicht zurückgesetzt hast, finde heraus, wer es war. Starte den Bot neu: Er unterschreibt sein Gerät neu, wo er es noch kann.',
  'alert.certificate-ends': ({ days }) =>
    `Das Zertifikat des Homeservers ${days < 0 ? 'ist abgelaufen' : `läuft in ${count(Math.floor(days), 'Tag', 'Tagen')} ab`}; dann verbindet sich keine App mehr. Läuft seine Erneuerung noch (certbot, Caddy, die des Webservers)?`,
  'alert.backup-missing': ({ seconds }) =>
    `Sicherungen sind eingerichtet, aber seit ${duration(seconds * 1000)} wurde keine gemacht. \`kinkeeper doctor\` sagt, was fehlt.`,
  'alert.backup-old': ({ seconds }) =>
    `Die neueste Sicherung ist ${duration(seconds * 1000)} alt. Sieh nach, was aus dem letzten Lauf wurde, und ob auf der Festplatte für Sicherungen Platz ist.`,
  'alert.backup-ahead': ({ count: ahead }) =>
    `${count(ahead, 'Sicherung gibt', 'Sicherungen geben')} an, aus der Zukunft zu kommen: Die Uhr des Servers ging vor, als ich sie gemacht habe, oder geht jetzt nach. ${ahead === 1 ? 'Sie zählt' : 'Sie zählen'} solange nicht, und wo ${ahead === 1 ? 'sie liegt' : 'sie liegen'}, entferne ich keine alte Sicherung. Sieh nach, ob die Uhr stimmt. Wenn ja, lösche die Dateien, bei denen in \`!sicherungen\` „aus der Zukunft“ steht, überall, wo sie liegen; beim nächsten \`run send\` merke ich es.`,
  'alert.backup-unproven': ({ seconds }) =>
    `Die neueste Sicherung, die durch Zurückspielen bewiesen ist, ist ${duration(seconds * 1000)} alt. Eine, die nie zurückgespielt wurde, ist vielleicht keine: Sieh nach, was aus dem letzten Beweis wurde.`,
  'alert.failed-logins': ({ count: failures }) =>
    `${count(failures, 'Anmeldung', 'Anmeldungen')} am Server per SSH sind in den letzten 24 Stunden gescheitert. Wenn du das nicht warst: Ist SSH von überall erreichbar, und sind Passwörter abgeschaltet?`,
  'alert.api-guessing': ({ count: wrong }) =>
    `Innerhalb von Minuten ${wrong === 1 ? 'wurde' : 'wurden'} ${count(wrong, 'falscher API-Schlüssel', 'falsche API-Schlüssel')} probiert. Wer das tut, wird hingehalten, und Raten ist aussichtslos; aber sieh im Protokoll von nginx nach, wer es ist, und ob ein Scanner oder Skript der Familie noch einen alten Schlüssel hat.`,
  'alert.address-banned': ({ count: addresses }) =>
    `fail2ban sperrt gerade ${count(addresses, 'Adresse', 'Adressen')} aus. Wenn eine davon deine ist, lässt \`fail2ban-client unban\` auf dem Server sie wieder herein.`,
  'alert.ssh-login': ({ user, from, at }) =>
    `Jemand hat sich per SSH am Server angemeldet: ${user} von ${from}, ${moment(at)}. Wenn du das nicht warst, tausche die Schlüssel aus und finde heraus, wie es dazu kam.`,
  'alert.settings-changed': ({ file }) =>
    `${file} wurde geändert, während ich lief. Wenn du es warst: Nach einem Neustart gilt es. Wenn nicht, finde heraus, wer Zugang zum Server hat.`,
  'alert.container-restarted': ({ name, restarts }) =>
    `Der Container ${name} ist ${number(restarts)}-mal von selbst neu gestartet. Sein Protokoll sagt, warum er endete.`,
  'alert.container-stopped': ({ name }) =>
    `Der Container ${name} läuft nicht. \`docker compose up -d\` startet ihn; sein Protokoll sagt, warum er endete.`,
  'alert.image-old': ({ days }) =>
    `Das älteste benutzte Container-Abbild ist ${count(days, 'Tag', 'Tage')} alt: Sicherheitsverbesserungen seitdem fehlen. Eine Aktualisierung bringt neuere.`,
  'alert.host-silent': ({ seconds }) =>
    `Der Helfer auf dem Server hat sich seit ${duration(seconds * 1000)} nicht gemeldet; ich sehe den Server deshalb nicht: Anmeldungen, Container, Aktualisierungen. \`systemctl status 'kinkeeper-host*'\` auf dem Server sagt, was fehlt.`,
  'alert.second-way-failing': ({ way, failures }) =>
    `Warnungen ließen sich nicht per ${way} senden (${count(failures, 'Versuch', 'Versuche')}); dieser Weg ist für den Fall, dass Matrix ausfällt. \`kinkeeper alerts test\` probiert ihn und sagt, was nicht stimmt.`,
  'alert.alert-test': () => 'Das ist eine Probe: Warnungen kommen auf diesem Weg an. Es ist nichts zu tun.',
  'alert.update-done': ({ from, to }) =>
    `Ich wurde von Version ${from} auf ${to} gebracht. Alles Gespeicherte war danach da, und ich habe mich geprüft, bevor es weiterging.`,
  'alert.update-returned': ({ from, to, why }) =>
    `Version ${to} hat hier nicht funktioniert, deshalb ist ${from} mit allen Daten wie vorher zurück. ${WHY_RETURNED[why] ?? WHY_RETURNED.other} Nichts ging verloren; was inzwischen kam, wird jetzt beantwortet.`,
  'alert.model-updated': ({ model }) =>
    `Es gab **${model}** neuer. Ich habe es geholt und beiden die Prüffragen gestellt; es war nicht schlechter und formuliert jetzt die Antworten.`,
  'alert.model-returned': ({ model }) =>
    `**${model}** gibt es neuer, aber bei den Prüffragen war es schlechter als das, was da ist; das bleibt deshalb. Niemand bekam eine Antwort davon; ich hole es erst wieder, wenn es noch ein anderes gibt.`,
  'alert.checklist-drift': ({ line }) =>
    `Auf der Checkliste des Servers stand ein Haken, der nicht mehr stimmt: „${sayCheck('de', line)}“. \`!checkliste\` zeigt, was gelesen wurde, und den Befehl, der es in Ordnung bringt. Hat niemand von euch etwas geändert, finde heraus, wer es war.`,
  'alert.checklist-blind': ({ count: lines }) =>
    `${count(lines, 'Zeile', 'Zeilen')} der Checkliste des Servers ${lines === 1 ? 'ist' : 'sind'} nicht mehr zu lesen, also weiß niemand, ob ${lines === 1 ? 'sie stimmt' : 'sie stimmen'}. \`!checkliste\` sagt, warum.`,
  'alert.outside-open': () => 'Die Sperre ist vorbei: Der Host-Helfer hat den Zugang von außen wieder geöffnet.',
  'alert.outside-closed': () =>
    'Die Sperre ist vorbei, aber der Zugang von außen ist vielleicht **noch geschlossen**: Der Host-Helfer hat ihn nicht geöffnet. An der Konsole des Servers, als root: `nft delete table inet kinkeeper_closed && rm -f /var/lib/kinkeeper-host/closed`.',
  'alert.audit-anchor': ({ rows, hash, at }) =>
    `Die Protokollkette ist heil: ${count(rows, 'Zeile', 'Zeilen')}. Ihr Siegel, zum späteren Vergleich: \`{"rows":${rows},"hash":"${hash}","at":${at}}\``,
};
