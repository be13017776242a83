import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ActName } from '../plan/plan.ts';
import type { QuestionName } from '../questions.ts';
import type { SetupTexts } from './facts.ts';

const { bytes, duration, number } = FORMATS.de;

const ACTS: Readonly<Record<ActName, string>> = {
  'backup-key': 'Den Schlüssel machen, mit dem Sicherungen versiegelt werden',
  'host-helper': 'Den Host-Helfer einrichten, der tut, was nur root kann',
  vpn: 'WireGuard und die Geräte einrichten',
  certificate: 'Das Zertifikat für den Namen des Servers machen oder deines nehmen',
  homeserver: 'Datenbank und Homeserver starten',
  accounts: 'Die Konten von Bot und Familie anlegen',
  'rate-limit': 'Die Nachrichtengrenze des Homeservers für den Bot aufheben',
  'admin-token': 'Dem Bot das Recht geben, Konten für neue Leute anzulegen',
  model: 'Das Sprachmodell holen',
  start: 'Bot und Ops starten',
  'first-message': 'Eine verschlüsselte Datei hindurchschicken und nach ihr fragen',
  hardening: 'Diesen Rechner härten, wie du gesagt hast',
};

const WANTED: Readonly<Record<QuestionName, string>> = {
  kind: 'Bitte tippe compose oder bare.',
  data: 'Bitte tippe einen absoluten Pfad ohne Leerzeichen, etwa /srv/kinkeeper.',
  serverName: 'Bitte tippe eine Domain aus Kleinbuchstaben, etwa home.example.',
  host: 'Bitte tippe einen Namen wie chat.home.example.',
  reach: 'Bitte tippe vpn oder internet.',
  devices: 'Bitte tippe Namen aus Kleinbuchstaben, Ziffern und Bindestrichen, etwa adas-telefon.',
  endpoint: 'Bitte tippe einen Namen oder eine Adresse, etwa 203.0.113.7: Die Geräte brauchen das.',
  certificate: 'Bitte tippe own-ca oder zwei absolute Pfade: die Kette und ihren Schlüssel.',
  timeZone: 'Bitte tippe eine Zeitzone wie Europe/Berlin.',
  profiles: 'Bitte tippe welche von qdrant, element, monitoring oder nichts.',
  homeserver: 'Bitte tippe eine Adresse wie http://127.0.0.1:8008.',
  homeserverConfig: 'Bitte tippe den absoluten Pfad einer Datei.',
  start: 'Bitte tippe systemd oder detached.',
  admin: 'Bitte tippe einen Namen aus Kleinbuchstaben (a-z) und Ziffern, etwa ada: ohne Leerzeichen und Doppelpunkt.',
  members:
    'Bitte tippe Namen aus Kleinbuchstaben (a-z) und Ziffern, jeden einmal und keinen wie deinen, etwa ben cleo:en.',
  bot: 'Bitte tippe einen Namen aus Kleinbuchstaben (a-z) und Ziffern, den niemand der Leute hat.',
  model:
    'Bitte tippe auto, none oder den Namen eines Modells, wie Ollama ihn schreibt, etwa qwen3:4b; für Container eines, das es dafür gibt.',
  backupKey: 'Bitte tippe make, none oder den absoluten Pfad einer Datei mit deinem öffentlichen Schlüssel.',
  makesAccounts: 'Bitte tippe ja oder nein.',
  hardening: 'Bitte tippe welche von updates, sysctl, time, modes, auditd, fail2ban, swap, firewall, ssh oder nichts.',
};

const MODEL_WHY: Readonly<Record<SetupTexts['check.auto']['why'], string>> = {
  largest: 'das größte, das es dafür gibt',
  memory: 'ein größeres braucht mehr Speicher',
  disk: 'ein größeres braucht mehr Platz auf der Platte',
  fetched: 'ein früherer Lauf hat es geholt',
  ollama: 'das größte, das Ollama auf dieser Maschine hat',
};

const BACKUP_KEY: Readonly<Record<SetupTexts['check.backup-key']['fault'], string>> = {
  missing: 'gibt es nicht. Leg die Datei mit deinem öffentlichen Schlüssel dorthin, oder antworte make oder none.',
  unreadable:
    'ist nicht zu lesen. Erwartet: eine Datei, die dieses Konto lesen darf; sieh nach Rechten und Besitzer (`ls -l`).',
  'in-data':
    'liegt im Datenordner (DATA), wo der Bot sie ändern könnte und sie mit ihm verloren geht. Leg sie anderswohin, etwa nach /root.',
  private:
    'enthält einen privaten Schlüssel: Mit ihm liest, wer einbricht, jede Sicherung. Nimm ihn von diesem Server, und nenne die öffentliche Hälfte.',
  unusable:
    'enthält keinen öffentlichen OpenPGP-Schlüssel, mit dem sich Sicherungen versiegeln lassen: gar keinen, einen abgelaufenen oder widerrufenen, oder einen, der nicht verschlüsselt. `kinkeeper backup keys` macht einen.',
  others:
    'können andere als du und root ändern, und so ihren eigenen Schlüssel dorthin legen: chown und chmod go-w, auch für die Ordner darüber.',
};

/** German: `kinkeeper setup`. */
export const setup: Entries<SetupTexts> = {
  'check.no-root': () => 'Für diese Art braucht die Einrichtung root. Starte sie mit sudo.',
  'check.root': ({ isRoot }) =>
    isRoot
      ? 'Die Einrichtung läuft als root.'
      : 'Die Einrichtung läuft unter einem gewöhnlichen Konto: Ihm wird alles gehören.',
  'check.no-systemd': () =>
    'Hier gibt es kein systemd, das Dienste starten könnte. Wähle start: detached oder eine andere Maschine.',
  'check.avx2-unknown': () => 'Der Prozessor sagt nicht, ob er AVX2 hat. Ohne das ist ein Sprachmodell zu langsam.',
  'check.avx2': () => 'Der Prozessor hat, was Sprachmodelle brauchen (AVX2 oder ARM).',
  'check.no-avx2': ({ wantsModel }) =>
    `Der Prozessor dieses Gastes hat kein AVX2.${wantsModel ? ' Ein Sprachmodell brauchte Minuten für eine Antwort: Antworten werden die Textstellen selbst sein. Bitte deinen Anbieter um einen neueren Prozessortyp oder wähle model: none.' : ''}`,
  'check.memory-unknown': () => 'Diese Maschine sagt nicht, wie viel Speicher sie hat.',
  'check.memory-short': ({ memoryBytes, needed }) =>
    `${bytes(memoryBytes)} Speicher sind zu wenig: ${bytes(needed)} werden gebraucht. Gib ihr mehr Speicher oder fürs Erste Auslagerungsspeicher.`,
  'check.memory': ({ memoryBytes }) => `${bytes(memoryBytes)} Speicher reichen.`,
  'check.memory-model': ({ memoryBytes, model }) =>
    model === ''
      ? `${bytes(memoryBytes)} Speicher reichen für alles außer einem Sprachmodell: Antworten werden die Textstellen selbst sein.`
      : `${bytes(memoryBytes)} Speicher reichen, auch für das Modell ${model}.`,
  'check.model-large': ({ model, memoryBytes, fits }) =>
    `${model} ist zu groß für ${bytes(memoryBytes)} Speicher. ${fits === '' ? 'Kein Modell passt: Wähle model: none.' : `${fits} passt.`}`,
  'check.no-model': ({ model, names }) =>
    `Ollama hat kein Modell ${model}. ${names === '' ? 'Es hat noch keines' : `Es hat: ${names}`}. Hol es (\`ollama pull ${model}\`), oder wähle ein anderes, auto oder none.`,
  'check.auto': ({ model, why }) => `model: auto ergibt ${model}: ${MODEL_WHY[why]}.`,
  'check.auto-none': ({ hasOllama }) =>
    `model: auto ergibt keines: ${hasOllama ? 'Ollama hat hier keines, das Antworten formuliert' : 'unter 127.0.0.1:11434 antwortet kein Ollama'}. Antworten werden die Textstellen selbst sein. ${hasOllama ? 'Hol ein Modell' : 'Installiere es, hol ein Modell'} (\`ollama pull qwen3:4b\`), und starte den Bot neu: Er nimmt es von selbst.`,
  'check.backup-key': ({ file, data, fault }) => `backupKey: ${file} ${BACKUP_KEY[fault].replace('DATA', data)}`,
  'check.no-ollama': ({ model }) =>
    `Hier läuft kein Ollama, das ${model} ausführen könnte: Bis dahin sind Antworten die Textstellen selbst.`,
  'check.synapse': ({ homeserver, serverName }) => `Synapse antwortet unter ${homeserver} und gehört zu ${serverName}.`,
  'check.no-synapse': ({ homeserver }) =>
    `Unter ${homeserver} antwortet kein Synapse. Starte es, oder berichtige homeserver in den Antworten.`,
  'check.no-admin-api': ({ homeserver }) =>
    `${homeserver} hält die Verwaltungs-API von Synapse zurück. Nenne Synapse selbst (etwa http://127.0.0.1:8008), nicht den Proxy davor.`,
  'check.no-secret': ({ says, hint }) => `${says}. ${hint}`,
  'check.secret-not-read': ({ homeserverConfig }) =>
    `Synapse läuft ohne das registration_shared_secret, das in ${homeserverConfig} steht: Starte es neu, es liest das nur beim Start.`,
  'check.server-name': ({ serverName, homeserverConfig, found }) =>
    `Die Domain ${serverName} ist nicht die von Synapse: server_name in ${homeserverConfig} ist ${found}. Antworte ${found}, oder nenne die richtige Datei.`,
  'check.phones': ({ serverName }) => `Handys finden Synapse über https://${serverName}.`,
  'check.no-phones': ({ serverName }) =>
    `https://${serverName} führt von hier zu keinem Matrix-Server, und dort suchen Handys: Es braucht ein Zertifikat und /.well-known/matrix/client, oder einen Proxy vor Synapse. Nur im VPN kann das so richtig sein.`,
  'check.speed': ({ model, tokensPerSecond, isSlow }) =>
    `${model} wurde hier probiert: ${number(tokensPerSecond)} Wortstücke in der Sekunde. ${isSlow ? 'Darauf wartet niemand: Wähle ein kleineres Modell oder model: none.' : `Eine Antwort dauert etwa ${duration((150 / tokensPerSecond) * 1000)}.`}`,
  'check.disk-unknown': ({ folder }) => `Es lässt sich nicht sagen, wie viel Platz für ${folder} da ist.`,
  'check.disk': ({ folder, freeBytes, needed }) =>
    `${bytes(freeBytes)} sind frei für ${folder}; ${bytes(needed)} werden empfohlen.`,
  'check.closed-folder': ({ folder }) =>
    `${folder} lässt kein anderes Konto durch, und Bot und Ops haben eigene Konten: chmod o+x ${folder}, oder wähle einen anderen Ordner (für das Produkt: /opt/kinkeeper).`,
  'check.others-folder': ({ folder, of, isRoot }) => {
    const [what, place] = of === 'data' ? ['den Daten', '/srv/kinkeeper'] : ['dem Produkt', '/opt/kinkeeper'];
    const whose = of === 'data' ? 'die Daten' : 'das Produkt';
    return isRoot
      ? `${folder}, auf dem Weg zu ${what}, können andere als root ändern, und so das Einrichten in Dateien des Systems schreiben lassen: Wähle für ${whose} einen Ordner, in dem auf dem ganzen Weg nur root schreiben darf (${place}); oder, wenn er root gehören soll, chown root:root ${folder} && chmod go-w ${folder}.`
      : `${folder}, auf dem Weg zu ${what}, können andere als du und root ändern, und so das Einrichten in deine anderen Dateien schreiben lassen: Wähle für ${whose} einen Ordner in deinem Home-Verzeichnis; oder, wenn er dir gehört, chmod go-w ${folder}.`;
  },
  'check.encrypted': () => 'Der Datenordner liegt auf einem verschlüsselten Laufwerk.',
  'check.not-encrypted': ({ isKnown }) =>
    `${isKnown ? 'Der Datenordner liegt auf keinem verschlüsselten Laufwerk' : 'Es lässt sich nicht sagen, ob der Datenordner auf einem verschlüsselten Laufwerk liegt'}. Die Unterlagen sind trotzdem versiegelt, die Passphrase daneben ist es nicht. \`/usr/lib/kinkeeper-host/kinkeeper-harden\` macht so ein Laufwerk (\`ops/RUNBOOK.md\`, *Hardening the host*).`,
  'check.plain-swap': () =>
    'Der Auslagerungsspeicher ist unverschlüsselt: Schlüssel aus dem Speicher können auf der Platte liegen. Schalte ihn ab oder verschlüssle ihn.',
  'check.port': ({ port }) =>
    `Port ${port} ist von einem anderen Programm belegt. Beende es oder gib ihm einen anderen: \`ss -ltnp\` nennt es.`,
  'check.name': ({ host, addresses }) => `${host} führt zu ${addresses}.`,
  'check.no-name': ({ host, isVpn }) =>
    `Der Name ${host} führt nirgendwohin. ${isVpn ? 'Im VPN lässt sich das später mit einer Zeile in dessen DNS nachholen.' : 'Leg bei deinem Anbieter einen DNS-Eintrag dafür an und warte ein paar Minuten.'}`,
  'check.clock-unknown': () => 'Es lässt sich nicht sagen, ob ein Zeitserver die Uhr stellt.',
  'check.key-unattended': () =>
    'Mit --answers wird niemand gefragt: Die private Hälfte des Sicherungsschlüssels steht einmal in dieser Ausgabe. Lass sie in kein Protokoll; oder mach anderswo einen Schlüssel (`kinkeeper backup keys`), und nenne seine öffentliche Hälfte als backupKey.',
  'check.clock': () => 'Ein Zeitserver stellt die Uhr.',
  'check.clock-wrong': () =>
    'Kein Zeitserver stellt die Uhr: `timedatectl set-ntp true`. Zertifikate und Zeitpläne brauchen die richtige Zeit.',
  'check.docker': ({ version }) => `Docker ${version} läuft.`,
  'check.no-docker': ({ version, least }) =>
    version === ''
      ? 'Docker antwortet nicht. Installiere es (`apt-get install docker.io`, unter Debian 13 docker-cli dazu), starte es und dann die Einrichtung noch einmal.'
      : `Docker ${version} ist zu alt: ${least} oder neuer wird gebraucht.`,
  'check.podman': ({ version, account }) => `Podman ${version} läuft${account === '' ? '' : ` für ${account}`}.`,
  'check.no-podman': ({ version, least }) =>
    version === ''
      ? 'Podman antwortet nicht als `docker`. Installiere es (`apt-get install podman podman-docker docker-compose`) und starte die Einrichtung noch einmal.'
      : `Podman ${version} ist zu alt: ${least} oder neuer wird gebraucht (Debian 13).`,
  'check.podman-lacks': ({ what, account, uid }) =>
    ({
      account: `Das Konto ${account} gibt es nicht: \`useradd -m -s /bin/bash ${account}\`.`,
      linger: `Was ${account} laufen lässt, endet mit der Abmeldung: \`loginctl enable-linger ${account}\`.`,
      numbers: `Das Konto ${account} hat keine 65536 eigenen Nummern für Konten in Containern: \`usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${account}\`, mit anderen Nummern, wo diese einem anderen Konto gehören.`,
      ports:
        'Konten ohne Rechte von root dürfen an Port 80 nicht horchen: `echo net.ipv4.ip_unprivileged_port_start=80 > /etc/sysctl.d/60-kinkeeper-podman.conf && sysctl --system`.',
      socket:
        account === ''
          ? 'An Podmans Socket antwortet niemand: `systemctl enable --now podman.socket`.'
          : `An Podmans Socket von ${account} (${uid}) antwortet niemand: \`systemctl --user --machine=${account}@ enable --now podman.socket\`.`,
    })[what],
  'check.compose': ({ version }) => `Docker Compose ${version} ist da.`,
  'check.compose-unknown': ({ version, least }) =>
    `Docker Compose sagt nicht, welche Version es ist („${version}“): gebraucht wird ${least} oder neuer.`,
  'check.no-compose': ({ version, least }) =>
    version === ''
      ? 'Docker Compose fehlt (`apt-get install docker-compose`; unter Ubuntu docker-compose-v2).'
      : `Docker Compose ${version} ist zu alt: ${least} oder neuer wird gebraucht.`,

  'ask.hello': () =>
    'Das richtet Kinkeeper ein. Jede Frage hat eine Vorgabe in Klammern: Enter nimmt sie. Nichts wird geändert, bevor du gesehen hast, was.',
  'ask.kind': () =>
    'Wie soll es laufen: compose (alles in Containern, auch der Matrix-Server) oder bare (neben einem Synapse, das hier läuft)?',
  'ask.data': () => 'Ordner für alles mit Daten. Am besten auf einem verschlüsselten Laufwerk',
  'ask.server-name': () =>
    'Die Domain deiner Familie: was hinter dem Doppelpunkt jeder Adresse steht, etwa home.example. Sie lässt sich nie mehr ändern',
  'ask.host': () => 'Name, unter dem Handys diesen Server erreichen, etwa chat.home.example',
  'ask.reach': () =>
    'Wer soll ihn erreichen: vpn (nur eure Geräte; am sichersten) oder internet (Port 443, offen für alle)?',
  'ask.homeserver': () => 'Adresse von Synapse, wie diese Maschine es erreicht',
  'ask.homeserver-config': () =>
    'Pfad seiner homeserver.yaml, in der das Geheimnis steht, mit dem Konten angelegt werden',
  'ask.start': () =>
    'Wie sollen Bot und Ops gestartet werden: systemd (als Dienste) oder detached (im Hintergrund, ohne systemd)?',
  'ask.bot': () => 'Name des Kontos, das der Bot hat',
  'ask.admin': () => 'Dein eigener Name auf dem Server: Kleinbuchstaben, etwa ada. Du bist der Admin',
  'ask.members': () =>
    'Namen der anderen, mit Leerzeichen dazwischen; wer eine andere Sprache liest, bekommt sie hinter einen Doppelpunkt, etwa cleo:en (weitere kommen später im Chat dazu)',
  'ask.devices': () => 'Handys und Computer, die per VPN hereindürfen, etwa adas-handy bens-handy',
  'ask.model': ({ fits }) =>
    `Welches Modell soll die Antworten formulieren: auto (${fits === '' ? 'das beste, das Ollama hier hat' : `das größte, das passt: hier ${fits}`}), none (die Textstellen selbst) oder ein Name?`,
  'ask.backup-key': () =>
    'Sicherungen werden mit einem Schlüssel versiegelt, der nie auf diesem Server ist: make (einmal gezeigt, für Papier), none oder eine Datei mit deinem öffentlichen Schlüssel',
  'ask.makes-accounts': () =>
    'Darf der Bot Konten für neue Leute anlegen (`!people add`), mit einem Konto, das den Homeserver verwaltet (ja/nein)?',
  'ask.hardening': () =>
    'Welche Maßnahmen sollen diesen Rechner am Ende härten (jede lässt sich zurücknehmen)? updates: Sicherheitsupdates von selbst; sysctl, time, modes: Kernel, Uhr, Dateirechte; auditd: notiert, wer unsere Dateien anfasst; fail2ban: sperrt aus, wer rät; swap: verschlüsselt; firewall: offen ist nur, was gebraucht wird; ssh: nur Schlüssel, kein root. Die letzten beiden nehmen sich von selbst zurück, wenn du sie nicht aus einer neuen Sitzung bestätigst. Namen mit Leerzeichen dazwischen, oder nichts',
  'ask.again': ({ name }) => `Das geht nicht. ${WANTED[name]}`,
  'ask.go-on': () => 'Soll ich das tun? (ja/nein)',
  'ask.yes-or-no': () => 'Bitte tippe ja oder nein.',
  'ask.certificate': () =>
    'Das Zertifikat: own-ca (eine eigene Stelle, die jedes Handy einmal aufnehmen muss; passend fürs VPN) oder eines von anderswo, als zwei Pfade mit Leerzeichen dazwischen: die Kette und ihr Schlüssel',
  'ask.time-zone': () => 'Eure Zeitzone: Nach ihr gehen Zeitpläne',
  'ask.profiles': () =>
    'Noch etwas: element (die App im Browser), monitoring (Messwerte und ihre Wache), qdrant (ein anderer Speicher, für große Haushalte)? Namen mit Leerzeichen dazwischen, oder nichts',
  'ask.default': ({ value }) => `[${value}]`,
  'ask.choice': ({ isYes }) => (isYes ? 'ja' : 'nein'),
  'ask.endpoint': () => 'Name oder Adresse, unter der diese Geräte den Server von außen erreichen, etwa 203.0.113.7',
  'ask.last-answers': ({ file }) =>
    `Die Antworten vom letzten Mal nehmen, wie sie sind (${file})? nein stellt jede Frage noch einmal, mit ihnen als Vorgabe. [ja]`,
  'ask.laid-answers': ({ file }) =>
    `In diesem Ordner liegt schon ein Haushalt. Seine Antworten nehmen, wie sie sind (${file})? nein stellt die übrigen Fragen, mit ihnen als Vorgabe. [ja]`,

  'status.ok': () => 'gut   ',
  'status.warn': () => 'Obacht',
  'status.fail': () => 'HALT  ',
  'stopped-by-checks': () =>
    'Nichts wurde geändert. Behebe, was HALT sagt, und starte die Einrichtung noch einmal: Sie bietet dieselben Antworten an, und du kannst sie ändern.',
  'change.folder': ({ path }) => `+ Ordner    ${path}`,
  'change.file': ({ path, isNew }) => `${isNew ? '+' : '~'} Datei     ${path}`,
  'change.access': ({ path }) => `~ Rechte    ${path}`,
  'change.secret': ({ path }) => `+ Geheimnis ${path}`,
  'change.act': ({ act }) => `> ${ACTS[act]}`,
  ended: ({ ended }) => `Läuft nicht mehr: ${ended}`,
  'people.stay': ({ people }) =>
    `${people.join(', ')}: nicht in den Antworten, aber noch im Haushalt, samt Dokumenten. Hinaus kommt jemand mit \`people remove ${people[0]}\` im Ops-Raum.`,
  'changes.none': () => 'Alles ist, wie es sein soll: Nichts wurde geändert.',
  'changes.shown': () => 'Das würde die Einrichtung tun. Nichts wurde geändert.',
  'changes.helper': () =>
    'Zu ändern ist nichts als ein Konto, das die Einrichtung für sich angelegt hat: Das wird beendet.',
  'changes.head': () => 'Was getan wird:',
  'step.under-way': ({ act }) => `… ${ACTS[act]}`,
  'step.done': ({ act, tookMs }) => `✓ ${ACTS[act]} (${duration(tookMs)})`,
  card: (card) =>
    [
      `Einrichtungskarte für ${card.user}. ${SHOWN_ONCE}`,
      ...logIn(card),
      `  Bot       ${card.bot}   (beginne einen Chat mit dieser Adresse)`,
      SIGN_IN,
      '  Dann richte die Wiederherstellung ein und bestätige deine Sitzung, wie Element es anbietet: Der Bot antwortet nur',
      '  bestätigten Sitzungen. Den Wiederherstellungsschlüssel auf Papier: Ohne ihn sind Nachrichten mit dem Handy verloren.',
    ].join('\n'),
  'card.anew': ({ confirm, ...card }) =>
    [
      `Karte mit neuem Passwort für ${card.user}. ${SHOWN_ONCE}`,
      ...logIn(card),
      `  Bot       ${card.bot}   (mach im Chat mit ihm weiter)`,
      '  Es ist dasselbe Konto wie vorher, mit seinen Chats: Nur das Passwort ist neu, und jedes Handy und jeder Computer ist',
      '  abgemeldet. Dokumente und API-Schlüssel sind, wie sie waren.',
      SIGN_IN,
      '  Dann bestätige die neue Sitzung mit dem Wiederherstellungsschlüssel: Der Bot antwortet nur bestätigten Sitzungen, und',
      '  frühere Nachrichten sind wieder lesbar. Ohne ihn lass Element eine neue Identität und Wiederherstellung einrichten:',
      '  Frühere Nachrichten bleiben dann unlesbar, und wenn der Bot eine andere Identität kannte, wartet er auf:',
      `  ${confirm}`,
    ].join('\n'),
  'backup.key': ({ privateKey, passphrase }) =>
    [
      'Die private Hälfte des Sicherungsschlüssels öffnet jede Sicherung. Sie wird einmal gezeigt und hier nirgends behalten. Bewahre sie an zwei',
      'Orten fern von diesem Server auf und ihre Passphrase getrennt von ihr. Ohne beides lässt sich keine Sicherung je öffnen. Nur dieser',
      'Schlüssel gilt: Einer, den ein früherer Lauf gezeigt hat, öffnet nichts.',
      '',
      privateKey.trim(),
      '',
      `Passphrase: ${passphrase}`,
      '',
    ].join('\n'),
  'backup.kept': () =>
    'Hast du beides jetzt, an zwei Orten? Drucke es, oder lege es in einen Passwortspeicher und auf einen USB-Stick: Abtippen kann das niemand. (ja/nein)',
  'backup.not-kept': () =>
    'Dann wird dieser Schlüssel nicht benutzt. Starte die Einrichtung noch einmal, wenn du beides aufbewahren kannst: Sie geht hier weiter, mit einem anderen Schlüssel.',
  'vpn.device': ({ device }) =>
    `WireGuard für ${device}: Scanne das in der WireGuard-App des Geräts. Es wird einmal gezeigt.`,
  'first.question': () => 'Wie lautet der Code dieser ersten Unterlage?',
  'first.file-name': () => 'erste-unterlage.txt',
  'first.file': ({ code }) => `Die erste Unterlage dieses Haushalts. Der Code dieser ersten Unterlage lautet ${code}.`,
  'first.answered': ({ question, kept, answer, isModelMissing, tookMs }) =>
    [
      `${isModelMissing ? 'Es geht, aber ohne das Sprachmodell, das nicht geantwortet hat: doctor sieht danach' : 'Es geht'}. Ein Gast hat eine verschlüsselte Datei geschickt und nach ihr gefragt; das dauerte ${duration(tookMs)}:`,
      ...quoted(kept),
      `  Gast: ${question}`,
      ...quoted(answer),
      'Der Gast und die Unterlage sind wieder gelöscht.',
    ].join('\n'),
  'hardening.confirm': ({ command }) =>
    `Das nimmt sich von selbst zurück, wenn du es nicht bestätigst: Lass diese Sitzung offen, melde dich in einer zweiten per SSH an, und tippe dort\n  ${command}`,
  'hardening.failed': ({ names, tool }) =>
    `Diese Maßnahmen haben nicht gewirkt, alles ist wie vorher: ${names}. Behebe, was sie sagen, und starte die Einrichtung noch einmal; \`${tool} plan\` zeigt, was jede ändern würde.`,
  'first.failed': ({ answer, doctor }) =>
    `Der Bot hat nicht geantwortet, wie er sollte.${answer === '' ? '' : ` Zuletzt sagte er:\n${quoted(answer).join('\n')}\n`} \`${doctor}\` sagt, was fehlt; starte dann die Einrichtung noch einmal.`,
  'synapse.rests': ({ ms }) =>
    `  Synapse lässt niemanden öfter als ein paarmal hintereinander anmelden: In ${duration(ms)} geht es von selbst weiter (Strg-C hält an).`,
  'helper.stays': () =>
    'Konten, die die Einrichtung für sich angelegt hat, ließen sich gerade nicht beenden: Der nächste Lauf beendet sie.',
  declined: () => 'Gut, nichts wurde geändert. Die Antworten sind behalten: Die Einrichtung bietet sie wieder an.',
  'already-running': ({ data }) =>
    `Eine andere Einrichtung arbeitet schon an ${data}. Nichts wurde geändert. Warte, bis sie fertig ist, oder beende sie dort mit Strg-C; dann starte diese noch einmal.`,
  stopped: () => 'Angehalten. Was getan ist, bleibt; starte die Einrichtung noch einmal, dann geht es von hier weiter.',
  prepared: ({ backups, product }) =>
    [
      'Alles liegt bereit, und nichts wurde gestartet. Jetzt die Wiederherstellung:',
      `  1. Die Sicherung nach ${backups}, die private Hälfte ihres Schlüssels nach /dev/shm/backup-key.asc.`,
      `  2. ${product}/config/deploy/restore.sh ${product} ${backups}/kin-….tar.zst.gpg /dev/shm/backup-key.asc`,
      '  3. Was am Ende dort steht; dann die Einrichtung noch einmal, ohne --prepare.',
    ].join('\n'),
  'finished-again': ({ changes, people, doctor, tookMs }) =>
    [
      `Fertig (${duration(tookMs)}).${changes.length === 0 ? '' : ' Was sich geändert hat:'}`,
      ...changes.map((line) => `  ${line}`),
      ...(people.length === 0 ? [] : [`Gib die Einrichtungskarten weiter, die oben stehen: ${people.join(', ')}.`]),
      `Mehr ist nicht zu tun; Wiederherstellungsschlüssel und Anmeldungen sind die alten. \`${doctor}\` sieht nach, ob alles in Ordnung ist.`,
    ].join('\n'),
  finished: ({ admin, settingsFile, doctor, reset, tookMs }) =>
    [
      `Kinkeeper ist eingerichtet (${duration(tookMs)}). Jetzt:`,
      `  1. Melde dich in Element als ${admin} an, bestätige deine Sitzung und nimm die Einladung in den Raum „Kinkeeper ops“ an.`,
      `     Ist deine Karte verloren: ${reset}`,
      '  2. Schreib die beiden Schlüssel auf, die dort stehen, und bestätige: !keys confirm <die letzten fünf Zeichen>.',
      '  3. Schick dem Bot deine erste Datei.',
      `Einstellungen: ${settingsFile}. \`${doctor}\` sieht nach, ob alles in Ordnung ist.`,
    ].join('\n'),
};

const SHOWN_ONCE = 'Sie wird einmal gezeigt: Gib sie auf Papier oder mündlich weiter.';
const SIGN_IN =
  '  In Element: Anmelden, den Server auf den von oben ändern, dann Name und Passwort. Im Bild steht der Server.';

function logIn({ server, user, password }: Omit<SetupTexts['card'], 'bot'>): string[] {
  return [
    `  Server    ${server}`,
    `  Name      ${user}`,
    `  Passwort  ${password}   (nach der ersten Anmeldung zu ändern)`,
  ];
}

function quoted(text: string): string[] {
  return text.split('\n').map((line, at) => (at === 0 ? `  Kinkeeper: ${line}` : `             ${line}`));
}
