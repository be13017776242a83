import type { Entries } from '../../../core/wording/shape.ts';
import type { DoctorTexts } from './facts.ts';

const from = (file: string) => (file === '' ? 'der Umgebung' : file);
const more = (count: number) => (count === 0 ? '' : ` und ${count} weitere`);

/** German: what the doctor says. */
export const doctor: Entries<DoctorTexts> = {
  'node.is': ({ version }) => `Node.js ${version}`,
  'node.old': ({ version }) => `Node.js ${version} ist zu alt`,
  'node.fix': ({ least }) => `Installiere Node.js ${least} oder neuer, oder starte mit npm run.`,
  'reading.changed': () => 'eine Probe kam verändert zurück',
  'reading.image': () => 'Baue das Image neu, oder hole es noch einmal.',
  'reading.fix': () => 'Sieh nach, ob prlimit (util-linux) und /proc da sind.',
  'reading.works': () => 'eine Probe wurde in der Sandbox gelesen (prlimit, keine Rechte, begrenzter Speicher)',
  'network.none': () => 'wer Dateien liest, bekommt gar kein Netz (unshare)',
  'network.shared': () =>
    'unshare ist hier verboten: Wer Dateien liest, kann keine Verbindung öffnen, teilt aber den Namensraum des Netzes',
  'network.fix': () =>
    'Erlaube user namespaces ohne Rechte, wenn diese Maschine das kann (sysctl user.max_user_namespaces).',
  'dumps.off': () => 'Bot und ops schalten Speicherabzüge ab',
  'dumps.on': () =>
    'Speicherabzüge lassen sich hier nicht abschalten: Ein Absturz kann Schlüssel auf die Platte schreiben',
  'dumps.fix': () => 'Installiere util-linux (prlimit), oder starte die Dienste mit LimitCORE=1.',
  'memory.untold': () => 'diese Maschine sagt nicht, wie viel frei ist',
  'memory.is': ({ free, needed, limit, isLocal }) =>
    `${free} sind frei, etwa ${needed} werden gebraucht${isLocal ? ', mit dem Embedding-Modell hier' : ''}${limit === '' ? '' : `; dieser Container darf ${limit} davon nehmen`}`,
  'memory.fix': () => 'Gib mehr Speicher oder Auslagerung, oder setze embedding.kind auf none.',
  'models.coming': ({ folder, model, host }) =>
    `in ${folder} fehlt ${model}: Der Bot lädt es von ${host} (etwa 140 MiB), wenn er startet`,
  'models.coming.fix': () =>
    'Starte den Bot und sieh noch einmal nach, oder lege den Ordner des Modells selbst dorthin.',
  'models.missing': ({ folder, model }) => `in ${folder} liegt kein Modell ${model}`,
  'models.missing.fix': () =>
    'Lege den Ordner des Modells (config.json, tokenizer.json, onnx/) dorthin, berichtige embedding.model, oder setze embedding.downloadUrl.',
  'models.are': ({ folder, names }) => `in ${folder} liegt: ${names}`,
  'models.none': ({ folder }) => `keine Modelle in ${folder}: Gefunden wird mit dem, was eingebaut ist`,
  'settings.valid': ({ file }) => `${file === '' ? 'die Umgebung' : file} ist gültig`,
  'settings.open': ({ file, mode }) => `${file} können andere als der Besitzer ändern (Modus ${mode})`,
  'settings.correct': ({ key, variable, file }) =>
    `Berichtige ${key}${variable === '' ? '' : ` (oder die Variable ${variable})`} in ${from(file)}.`,
  'settings.no-tls': ({ key }) => `${key} wird auf einer anderen Maschine ohne TLS erreicht`,
  'settings.no-tls.fix': () => 'Nimm https://, oder ein privates Netz, in dem niemand mithören kann.',
  'secrets.well': () => 'das Passwort des Bots kann nur sein Besitzer lesen',
  'secrets.no-password': () => 'es ist kein Passwort des Bots genannt',
  'secrets.no-password.fix': () => 'Setze matrix.passwordFile: Der Bot braucht es für seine erste Anmeldung.',
  'secrets.sealed': () =>
    'keine Datei mit Passphrase: Bot und ops starten versiegelt und warten auf `kinkeeper unlock`',
  'secrets.short': () => 'die Passphrase ist kürzer als 12 Zeichen',
  'secrets.short.fix': () => 'Wähle mehrere Wörter; setze sie neu mit dem Wiederherstellungscode.',
  'people.no-admin': () => 'die Einstellungen nennen keinen Admin',
  'people.no-admin.fix': () => 'Nenne einen unter people, wenn keiner im Ops-Raum hinzukam.',
  'setup.unended': () => 'die Einrichtung kam nicht an ihr Ende',
  'setup.guests': () => 'Konten, die die Einrichtung für sich gemacht hat, sind noch da',
  'setup.well': () => 'die Einrichtung kam an ihr Ende und wurde mit einer Nachricht erprobt',
  'clock.kept': () => 'ein Zeitserver stellt die Uhr',
  'clock.untold': () => 'ob ein Zeitserver die Uhr stellt, ist hier nicht zu sagen',
  'clock.loose': () => 'kein Zeitserver stellt die Uhr: Zeitpläne und Zertifikate gehen nach ihr',
  'look-on-host': ({ command }) => `Sieh auf dem Host nach: ${command}`,
  'swap.well': () => 'es gibt keine Auslagerung, oder sie ist verschlüsselt',
  'swap.untold': () => 'ob es unverschlüsselte Auslagerung gibt, ist hier nicht zu sagen',
  'swap.plain': () => 'die Auslagerung ist unverschlüsselt: Schlüssel aus dem Speicher können auf der Platte liegen',
  'volume.sealed': () => 'der Ordner state liegt auf einem verschlüsselten Datenträger',
  'volume.untold': () => 'ob der Ordner state auf einem verschlüsselten Datenträger liegt, ist hier nicht zu sagen',
  'volume.plain': () =>
    'der Ordner state liegt auf keinem verschlüsselten Datenträger: Die Passphrase daneben ist so sicher wie die Platte',
  'volume.fix': ({ command }) =>
    `Lege die Daten auf einen LUKS-Datenträger (${command}), oder lass keys.passphraseFile weg und entsperre von Hand.`,
  'processor.well': () => 'er hat, was Modelle brauchen (AVX2, oder ARM)',
  'processor.untold': () => 'er sagt nicht, ob er AVX2 hat',
  'processor.slow': () => 'er hat kein AVX2: Modelle sind um ein Vielfaches langsamer',
  'processor.fix': () => 'Bitte den Anbieter um einen anderen Prozessor, oder setze answering.kind auf extractive.',
  'state.none': ({ folder }) => `${folder} ist noch nicht da`,
  'state.none.fix': () => 'Der erste Start des Bots macht ihn; oder berichtige stateDir.',
  'state.no-folder': ({ folder }) => `${folder} ist kein Ordner`,
  'state.no-folder.fix': () => 'Berichtige stateDir.',
  'state.not-ours': ({ folder }) => `in ${folder} kann dieses Konto nicht schreiben`,
  'state.well': ({ folder }) => `in ${folder} kann geschrieben werden, und andere kommen nicht hinein`,
  'state.open': ({ folder }) => `${folder} können andere Konten betreten`,
  'stores.sealed': ({ count }) => `alle ${count} Speicher sind verschlüsselt`,
  'store.plain': ({ file }) => `${file} ist unverschlüsselt: So hat Kinkeeper es nicht geschrieben`,
  'store.short': ({ file }) => `${file} ist zu kurz für einen Speicher`,
  'store.of-nobody': ({ file }) => `${file} hat einen Namen, den Kinkeeper keinem Speicher gibt`,
  'store.unreadable': ({ file, code }) => `${file} kann dieses Konto nicht lesen (${code})`,
  'store.aside': ({ command }) =>
    `Finde heraus, wer es dorthin gelegt hat; halte dann Bot und ops an, und lege es beiseite: ${command}. Papiere, die dann fehlen, kommen aus einer Sicherung zurück (ops/RUNBOOK.md).`,
  'store.restore': ({ command }) =>
    `Hole die Papiere darin aus einer Sicherung zurück (ops/RUNBOOK.md), nach: ${command}`,
  'disk.free': ({ size }) => `${size} sind für den Ordner state frei`,
  'disk.fix': ({ size, folder }) =>
    `Mach ${size === '' ? 'Inodes (viele kleine Dateien)' : `${size} mehr`} auf diesem Datenträger frei: \`df -h ${folder}\` nennt ihn, \`du -xh / | sort -h | tail\` was groß ist.`,
  'keys.none': () => 'es gibt noch keine Schlüssel',
  'keys.none.fix': () => 'Der erste Start des Bots macht sie und zeigt den Wiederherstellungscode einmal.',
  'keys.weak': () => 'keys.json streckt die Passphrase weniger, als es sollte',
  'keys.weak.fix': () => 'Setze die Passphrase in einem frischen Ordner state neu.',
  'keys.whole': ({ mebibytes, passes }) => `keys.json ist heil (argon2id, ${mebibytes} MiB, ${passes} Durchgänge)`,
  'keys.fix': () => 'Lege keys.json aus einer Sicherung zurück.',
  'passphrase.opens': () =>
    'die Passphrase in ihrer Datei öffnet die Schlüssel, und mit ihnen jede Sicherung von heute',
  'passphrase.wrong': () =>
    'die Passphrase in der Datei von keys.passphraseFile öffnet weder die Schlüssel noch eine Sicherung: Der nächste Start wird scheitern',
  'passphrase.fix': ({ file, command }) =>
    `Schreibe die richtige in ${file}. Kennt sie niemand mehr, setzt der Wiederherstellungscode eine neue: ${command}`,
  'process.off': ({ name }) => `${name} läuft nicht`,
  'process.sealed': ({ name }) => `${name} läuft, aber versiegelt: Die Passphrase fehlt noch`,
  'process.runs': ({ name }) => `${name} läuft`,
  'process.untold': ({ name, why }) => `ob ${name} läuft, ist nicht zu sagen: ${why}`,
  'process.fix': () => 'Bring erst das in Ordnung.',
  'backup.readable': ({ files }) => `dieses Konto kann alle ${files} Dateien lesen, die eine Sicherung mitnimmt`,
  'backup.without': ({ names, more: count }) => `eine Sicherung entstünde ohne ${names}${more(count)}`,
  'backup.without.fix': () =>
    'Berichtige homeserver.folder und homeserver.media, wo sie vertippt sind; lege Dateien hin, wo Verweise stehen.',
  'backup.fix': () => 'Lass das Konto, unter dem ops läuft, es lesen.',
  'homeserver.answers': ({ url, name, newest }) => `${url} antwortet (${name}, Matrix ${newest})`,
  'homeserver.unknown': () => 'ein Homeserver unbekannter Art',
  'homeserver.old': ({ url, name, newest }) =>
    `${url} antwortet, spricht aber ${newest === '' ? 'keine veröffentlichte Version' : newest} (${name})`,
  'homeserver.old.fix': () => 'Bring ihn auf den neuen Stand: Matrix v1.11 oder neuer wird gebraucht.',
  'homeserver.away.fix': ({ command }) =>
    `Starte den Homeserver${command === '' ? '' : ` (${command})`}, oder berichtige matrix.homeserver.`,
  'server.away': ({ what, status, code }) =>
    status === 0
      ? `${what} antwortet nicht${code === '' ? '' : ` (${code})`}`
      : `${what} antwortet mit Status ${status}`,
  'server.odd': ({ what }) => `${what} antwortet, aber nicht mit dem, was erwartet war`,
  'model.no-server': ({ section, kind }) => `${section} ist ${kind}: Kein Server wird gefragt`,
  'model.no-ollama': ({ section }) =>
    `${section} ist auto, und auf dieser Maschine ist kein Ollama: Es geht mit dem, was eingebaut ist`,
  'model.ollama': ({ section, count }) => `${section} ist auto, und Ollama ist auf dieser Maschine (Modelle: ${count})`,
  'model.there': ({ what, model }) => `${what} hat das Modell ${model}`,
  'model.missing': ({ what, model }) => `${what} hat kein Modell ${model}`,
  'model.fetch': ({ section, command }) => `${command}, oder berichtige ${section}.model.`,
  'model.unlisted': ({ what, model }) => `${what} nennt das Modell ${model} nicht`,
  'model.unlisted.fix': ({ section }) => `Berichtige ${section}.model, wenn der Server Modelle nicht nach Namen lädt.`,
  'model.start': ({ section, isOllama }) =>
    isOllama
      ? `Starte Ollama, oder berichtige ${section}.url.`
      : `Starte den Server, oder berichtige ${section}.url und die Datei mit dem Schlüssel.`,
  'log-in.opens': ({ user }) => `das Passwort öffnet das Konto ${user}`,
  'log-in.other': ({ other, user }) => `das Passwort öffnet ${other}, und die Einstellungen nennen ${user}`,
  'log-in.other.fix': () => 'Berichtige matrix.userId.',
  'log-in.often': () => 'der Homeserver lässt gerade niemanden öfter anmelden',
  'log-in.often.fix': ({ minutes }) => `Sieh ${minutes === 0 ? 'später' : `in ${minutes} Minuten`} noch einmal nach.`,
  'log-in.domain': ({ homeserver, domain, own }) =>
    `${homeserver} ist der Server von ${domain}, und matrix.userId ist von ${own}`,
  'log-in.domain.fix': () => 'Berichtige eines von beiden.',
  'log-in.wrong': ({ homeserver, user }) => `${homeserver} nimmt das Passwort von ${user} nicht`,
  'log-in.wrong.fix': () =>
    'Schreibe das richtige in die Datei von matrix.passwordFile, oder berichtige matrix.userId (auch die Domain).',
  'accounts.may': ({ homeserver }) => `der Bot darf sich auf ${homeserver} um Konten kümmern`,
  'accounts.refused': ({ homeserver }) => `${homeserver} weist das Token von homeserver.adminTokenFile ab`,
  'accounts.refused.fix': () =>
    'Melde einen Administrator des Homeservers an, und schreibe sein Zugangstoken in diese Datei; oder lass die Einstellung weg.',
  'accounts.odd': ({ homeserver, status }) => `${homeserver} antwortet mit Status ${status} bei /_synapse/admin`,
  'accounts.odd.fix': () => 'matrix.homeserver muss Synapse selbst sein, kein Proxy, der dessen Verwaltung zurückhält.',
  'registration.closed': () => 'Fremde können keine Konten anlegen',
  'registration.open': ({ homeserver }) => `${homeserver} lässt Fremde damit beginnen, ein Konto anzulegen`,
  'registration.fix': ({ command }) =>
    `Setze enable_registration: false in homeserver.yaml, und starte Synapse neu${command === '' ? '' : `: ${command}`}.`,
  'certificate.ended': () => 'das Zertifikat des Homeservers ist abgelaufen',
  'certificate.ends': ({ days }) => `das Zertifikat des Homeservers läuft in ${days} Tagen ab`,
  'certificate.fix': ({ command }) => `Sieh nach, warum es nicht erneuert wird: ${command}`,
  'index.fix.start': () =>
    'Starte Qdrant, oder berichtige store.url. Bis dahin wird in den versiegelten Dateien gesucht; verloren ist nichts.',
  'index.open': ({ name }) => `${name} lässt jeden herein`,
  'index.open.fix': () => 'Setze service.api_key und service.jwt_rbac: true in Qdrant, und starte es neu.',
  'index.refuses': ({ name, status }) =>
    `${name} weist Tokens ab, die mit diesem Schlüssel unterschrieben sind (Status ${status})`,
  'index.refuses.fix': () =>
    'In store.apiKeyFile muss service.api_key von Qdrant stehen, das mit service.jwt_rbac: true laufen muss.',
  'index.loose': ({ name, status }) => `${name} hält Tokens nicht bei ihrer Sammlung (Status ${status})`,
  'index.loose.fix': () => 'Setze service.jwt_rbac: true in Qdrant, Version 1.15 oder neuer.',
  'index.well': ({ name }) => `${name} antwortet, fragt nach einem Schlüssel und hält Tokens bei ihrer Sammlung`,
  'index.name': ({ version, url }) => `Qdrant ${version === '' ? 'unbekannter Version' : version} bei ${url}`,
  'index.short': ({ least }) => `der Schlüssel von Qdrant ist kürzer als ${least} Zeichen`,
  'index.short.fix': () => 'Gib Qdrant und store.apiKeyFile einen langen zufälligen: openssl rand -hex 32',
  'account.judged': ({ account }) => `root fragt: Was folgt, ist, was das Konto des Bots (${account}) kann`,
  'account.cannot-run': ({ account, folder }) =>
    `das Konto des Bots (${account}) kann nicht ausführen, was in ${folder} liegt`,
  'owners.well': ({ account }) => `was Bot und ops schreiben, gehört ihrem Konto (${account})`,
  'owners.wrong': ({ account, names, more: count }) =>
    `${names}${more(count)}: gehört nicht dem Konto des Bots (${account}), wie es sollte`,
  'secret-folder.well': ({ folder }) => `${folder} ist für andere verschlossen`,
  'secret-folder.open': ({ folder, mode }) => `${folder} können andere Konten betreten (Modus ${mode})`,
  'accounts-password.well': () => 'das Passwort des Kontos, das Konten macht, ist für root allein',
  'accounts-password.open': ({ mode }) =>
    `das Passwort des Kontos, das Konten macht, können andere lesen (Modus ${mode})`,
  'accounts-password.not-roots': ({ account }) =>
    `das Passwort des Kontos, das Konten macht, gehört ${account}, nicht root`,
};
