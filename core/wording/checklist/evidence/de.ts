import { LOCAL_PLACE } from '../../../backup/generation.ts';
import { FORMATS } from '../../format.ts';
import type { Entries } from '../../shape.ts';
import type { EvidenceTexts } from './facts.ts';

const { count: counted, list, number } = FORMATS.de;
/** How a run of a job ended (core/job.ts). */
const OUTCOMES: Readonly<Record<string, string>> = {
  ...{ running: 'ist nicht zu Ende', ok: 'sagte nichts dazu', nothing: 'fand nichts zu prüfen' },
  ...{ failed: 'ging schief', cancelled: 'wurde abgebrochen', lost: 'riss ab' },
};
/** Whole hours. */
const ago = (hours: number) => (hours === 0 ? 'gerade eben' : `vor ${hours} h`);
/** Of names of places for backups, joined by commas. */
const placesOf = (places: string) =>
  list(places.split(', ').map((place) => (place === LOCAL_PLACE ? 'auf diesem Server' : `bei ${place}`)));
const leadsTo = (path: string, real: string) => (real === '' ? path : `${path}, was zu ${real} führt,`);

/** German: what lines of the checklist rest on. Plain text, without a dot at its end. */
export const evidence: Entries<EvidenceTexts> = {
  'as-read': ({ text }) => text,
  more: ({ count }) => `und ${count} weitere`,

  'ssh.in-match': ({ setting }) => `in einem Match-Block: ${setting}`,
  'ssh.runs-with': ({ options }) => `sshd läuft mit ${options}`,
  'ssh.read-changed': ({ read, changed }) => `Einstellungen von sshd: gelesen ${read}, geändert ${changed}`,
  'ssh.nothing-weak': () => 'kein Verfahren und kein Schlüssel von sshd ist als schwach bekannt',
  'ssh.nobody-may': () => 'sshd nennt niemanden, der sich anmelden darf',
  'ssh.include-in-match': () => 'ein Include in einem Match-Block',
  'ssh.runs-not': () => 'sshd läuft nicht',
  'ssh.no-time': () => 'keine Zeit, zu der sshd seine Einstellungen gelesen hat',

  'firewall.drops': ({ where }) => `${where} verwirft den Rest`,
  'firewall.refuses-nothing': () => 'nichts wird von vornherein abgewiesen',
  'firewall.lets-in': ({ rule }) => `${rule || 'eine Regel'} wird eingelassen`,
  'firewall.at-most': ({ ports }) => `offen: höchstens ${ports}`,
  'firewall.no-tool': ({ tool }) => `${tool} fehlt`,
  'firewall.no-way-out': () => 'keine Standardroute',
  'sockets.well': ({ count }) => `${counted(count, 'Socket lauscht', 'Sockets lauschen')}, keiner zu offen`,
  'sockets.none': () => 'nichts lauscht, nicht einmal sshd',

  'vpn.funnels': ({ count }) => `tailscale: ${counted(count, 'Funnel öffnet', 'Funnels öffnen')} etwas für alle`,
  'vpn.tailscale': () => 'tailscale: Running, kein Funnel',
  'vpn.idle': ({ interfaces }) => `${interfaces}: keine Gegenstellen, nicht aktiv oder nicht in vpn_interfaces`,
  'vpn.none': () => 'weder WireGuard noch Tailscale ist aktiv',
  'vpn.peers': ({ count, minutes }) =>
    `${counted(count, 'Gegenstelle', 'Gegenstellen')}, ${minutes < 0 ? 'keine gehört, seit es aktiv ist' : `eine gehört ${minutes === 0 ? 'gerade eben' : `vor ${minutes} min`}`}`,
  'vpn.no-key': ({ vpn, folder }) => `kein Schlüssel von ${vpn} in ${folder}`,

  'fail2ban.stopped': () => 'fail2ban.service läuft nicht',
  'fail2ban.no-jails': () => 'keine Jails',
  'fail2ban.no-sshd': ({ jails }) => `kein Jail sshd, nur ${jails}`,
  'fail2ban.does-nothing': () => 'das Jail sshd tut denen nichts, die es sperrt',
  'fail2ban.loose': ({ tries, seconds }) =>
    `das Jail sshd sperrt nach ${counted(tries, 'Versuch', 'Versuchen')}, für ${seconds} s`,
  'fail2ban.short-window': ({ seconds }) => `das Jail sshd zählt nur die Versuche von ${seconds} s`,
  'fail2ban.ignores': ({ length }) => `das Jail sshd übergeht ein Netz von /${length}`,
  'fail2ban.port-open': ({ ports, port }) => `das Jail sshd schließt ${ports}, SSH ist aber an ${port}`,
  'fail2ban.other-journal': ({ matches }) =>
    `das Jail sshd liest das Journal von ${matches}, in dem nichts von sshd steht`,
  'fail2ban.reads-journal': ({ jails }) => `Jails ${jails}; sshd liest das Journal`,
  'fail2ban.reads-files': ({ jails, files }) => `Jails ${jails}; sshd liest ${files}`,
  'fail2ban.dead-files': ({ files }) => `das Jail sshd liest ${files}, wohin nichts schreibt`,
  'fail2ban.no-files': () => 'das Jail sshd liest keine Datei',
  'fail2ban.reads-neither': () => 'fail2ban-client status sshd: weder Journal noch Dateien',
  'fail2ban.silent-journal': () => 'im Journal steht nichts von sshd',

  'updates.well': () => 'Listen und Updates mit ihren Timern, beide liefen vor kurzem',
  'updates.not-set': ({ name }) => `${name} ist nicht gesetzt`,
  'updates.no-program': () => 'unattended-upgrade ist nicht installiert',
  'updates.no-archive': () => 'keine Quelle für Sicherheitsupdates dieses Systems',
  'updates.left-out': ({ pattern }) => `ausgelassen: ${pattern}`,
  'updates.only-some': () => 'nur manche Pakete werden aktualisiert',
  'updates.only-some-days': () => 'nur an manchen Tagen',
  'updates.held': ({ name }) => `${name} wird zurückgehalten`,
  'updates.never-ran': () => 'lief noch nie',
  'updates.days-ago': ({ days }) => `vor ${counted(days, 'Tag', 'Tagen')}`,
  'reboot.asked': ({ kernel }) => `ein Neustart wird verlangt; es läuft ${kernel}`,
  'reboot.not-asked': ({ kernel }) => `kein Neustart wird verlangt; es läuft ${kernel}`,

  'volume.plain': ({ path, source, target }) => `${path} liegt auf ${source} (${target}), unverschlüsselt`,
  'volume.sealed': ({ path, source, types }) => `${path} liegt auf ${source}: ${types}`,
  'volume.locked': ({ device }) => `das versiegelte Volume mit den Daten (${device}) ist noch zu`,
  'swap.none': () => 'keine Auslagerung',
  'swap.plain': ({ place }) => `die Auslagerung auf ${place} ist unverschlüsselt`,
  'swap.sealed': ({ places }) => `Auslagerung auf ${places}: verschlüsselt oder im Arbeitsspeicher`,

  'file.mode': ({ path, mode, uid }) => `${path} ${mode} von Konto ${uid}`,
  'file.link': ({ path }) => `${path} ist ein Link; dort soll die Datei selbst liegen`,
  'files.well': ({ count }) => `${counted(count, 'Datei oder Ordner', 'Dateien und Ordner')}, alle wie sie sein sollen`,
  'files.of-root': ({ count }) => `${counted(count, 'Datei', 'Dateien')}, die nur root ändern kann`,
  'files.for-root': ({ paths }) => `nur für root: ${paths}`,
  'files.none': () => 'keine Dateien',

  'time.nobody': () => 'die Uhr geht noch richtig, aber niemand stellt sie',
  'time.kept': ({ keeper }) => `NTPSynchronized=yes, durch ${keeper}`,
  'kernel.well': ({ count }) => `${counted(count, 'Wert', 'Werte')}, alle wie sie sein sollen`,
  'account.root-too': ({ name }) => `${name} ist ebenfalls root`,
  'account.no-password': ({ name }) => `${name} braucht kein Passwort`,
  'account.password-shown': ({ name }) => `das Passwort von ${name} steht in /etc/passwd`,
  'accounts.well': ({ count }) => `${counted(count, 'Konto', 'Konten')}, nur root ist root, keines ohne Passwort`,
  'accounts.no-root': () => 'getent passwd: kein root',

  'auditd.limited': ({ most }) => `höchstens ${most} in der Sekunde werden notiert`,
  'auditd.changes-unseen': ({ path }) => `niemand achtet darauf, wer ${path} ändert`,
  'auditd.reads-unseen': ({ path }) => `niemand achtet darauf, wer ${path} liest`,
  'auditd.watches': ({ paths }) => `auditd achtet auf ${paths}`,

  'docker.no-group': () => 'es gibt keine Gruppe docker',
  'docker.empty-group': () => 'niemand ist in der Gruppe docker',
  'docker.in-group': ({ names }) => `in der Gruppe docker: ${names}`,
  'docker.no-seccomp': () => 'seccomp ist aus',
  'docker.no-mac': () => 'weder AppArmor noch SELinux ist an',
  'docker.unconfined': () => 'nicht eingesperrt',
  'docker.listens': ({ at }) => `lauscht an ${at}`,
  'docker.no-port': () => 'dockerd hat keinen Port',

  'containers.none': () => 'keine Container',
  'container.privileged': () => 'privilegiert',
  'container.keeps-rights': () => 'behält die Rechte, die Docker gibt (kein cap_drop: ALL)',
  'container.has-right': ({ right }) => `hat ${right}`,
  'containers.privileges': () => 'kein Container hat mehr Rechte als nötig',
  'container.writable': () => 'sein Wurzelverzeichnis ist beschreibbar',
  'containers.root-fs': () => 'kein Container kann seine eigenen Programme ändern',
  'container.may-gain': () => 'kann Rechte dazugewinnen',
  'containers.new-privileges': () => 'kein Container kann Rechte dazugewinnen',
  'container.no-memory-limit': () => 'Speicher nicht begrenzt',
  'container.no-process-limit': () => 'Prozesse nicht begrenzt',
  'containers.limits': () => 'Speicher und Prozesse jedes Containers sind begrenzt',
  'container.of-host': ({ what }) => `${what} des Hosts`,
  'container.of-another': ({ what }) => `${what} eines anderen Containers`,
  'container.devices': () => 'Geräte des Hosts',
  'containers.namespaces': () => 'kein Container teilt Prozesse, Netz oder Geräte mit dem Host',
  'container.mounts': ({ path, real }) => `bindet ${leadsTo(path, real)} ein`,
  'container.mounts-socket': ({ path, real }) => `bindet den Socket ${leadsTo(path, real)} ein`,
  'container.shares-mounts': ({ path }) => `teilt, was unter ${path} eingebunden wird`,
  'container.unseen-mount': ({ path }) => `nicht angesehen, obwohl eingebunden: ${path}`,
  'containers.mounts': () => 'Container erreichen die Ordner des Haushalts und sonst nichts vom Host',
  'container.runs-as': ({ user }) => `läuft als ${user}`,
  'containers.users': () => 'kein Container läuft als root, außer einem, der nur jemand anders werden kann',
  'container.stays-away': () => 'kommt nicht von selbst wieder',
  'container.runs-not': () => 'läuft nicht',
  'container.nobody-asks': () => 'niemand fragt, ob er gesund ist',
  'containers.health': () => 'jeder Container läuft, ist gesund und kommt von selbst wieder',
  'containers.images': () => 'jedes Image ist mit seinem Digest benannt',
  'container.in-network': ({ name }) => `im Netz ${name}`,
  'containers.networks': () => 'kein Container ist in dem Netz, das alle teilen',
  'container.log-unlimited': ({ driver }) => `${driver} ohne max-size`,
  'containers.logs': () => 'das Protokoll jedes Containers ist begrenzt',
  'containers.ports': () => 'nur nginx ist veröffentlicht, an 80 und 443',
  'container.writes-plain': ({ path }) => `schreibt nach ${path}, unverschlüsselt`,
  'containers.data': () => 'was Container schreiben, liegt auf einem verschlüsselten Datenträger',
  'container.secrets': ({ count }) =>
    counted(count, 'Variable, die nach einem Geheimnis aussieht', 'Variablen, die nach Geheimnissen aussehen'),
  'containers.secrets': () => 'in keiner Umgebung eines Containers steht, was nach einem Geheimnis aussieht',

  'secrets.unreadable': () => 'lässt sich nicht ansehen',
  'secrets.none': () => 'keine Dateien mit Geheimnissen',
  'secrets.mode': ({ mode }) => `Modus ${mode}`,
  'secrets.in-environment': ({ name }) => `${name} steht in der Umgebung`,
  'secrets.well': ({ count }) =>
    `${counted(count, 'Geheimnis, in einer Datei', 'Geheimnisse, jedes in einer Datei')} nur für sein Konto`,
  'stores.of-nobody': () => 'eine Datei unter denen der Personen und Räume gehört zu nichts davon',
  'stores.too-many': ({ files, keys }) =>
    `${counted(files, 'Datei', 'Dateien')} von Personen und Räumen, aber nur ${counted(keys, 'Schlüssel', 'Schlüssel')}`,
  'stores.plain': ({ count }) => `${counted(count, 'Datei ist', 'Dateien sind')} nicht verschlüsselt`,
  'stores.alike': ({ count }) => `${counted(count, 'Datei beginnt', 'Dateien beginnen')} wie eine andere`,
  'stores.isolated': ({ files, keys }) =>
    `${counted(files, 'Datei', 'Dateien')} von Personen, Räumen und Freigaben; ${counted(keys, 'Schlüssel', 'Schlüssel')}, einer für jede`,
  'stores.none': () => 'keine Datenbanken',
  'stores.short': () => 'eine Datenbank, die kürzer ist als ihr Kopf',
  'store.plain': ({ file }) => `${file} ist nicht verschlüsselt`,
  'stores.sealed': ({ count }) =>
    counted(count, 'Datei, ohne ihren Schlüssel nicht lesbar', 'Dateien, keine davon ohne ihren Schlüssel lesbar'),
  'trail.unverified': () => 'die Protokollkette wurde noch nie geprüft',
  'trail.broken': ({ row }) =>
    row < 0 ? 'die Protokollkette ist gebrochen' : `die Protokollkette ist bei Zeile ${row} gebrochen`,
  'trail.check-ended': ({ outcome }) => `die letzte Prüfung der Protokollkette ${OUTCOMES[outcome] ?? outcome}`,
  'trail.unlooked': ({ newer }) =>
    newer === 0
      ? 'das Protokoll hat noch keine Einträge'
      : `die letzte Prüfung des Protokolls sah noch nichts von dem, was heute darin steht: ${counted(newer, 'Eintrag', 'Einträge')}`,
  'trail.well': ({ checked, newer, hours }) =>
    `Protokoll ${ago(hours)} geprüft: ${counted(checked, 'Eintrag', 'Einträge')}, keiner geändert, keiner fehlt${newer === 0 ? '' : `; seither ${number(newer)} mehr`}`,
  'trail.too-old': () => 'es sollte jeden Tag geprüft werden',
  'backups.unproven': ({ count }) =>
    `${counted(count, 'Sicherung', 'Sicherungen')}, keine durch Wiederherstellen bewiesen`,
  'backups.proven': ({ name, hours, places }) =>
    `${name}, durch Wiederherstellen bewiesen, gemacht ${ago(hours)}; liegt ${placesOf(places)}`,
  'backups.no-more': () => 'es werden keine mehr gemacht',

  'name.none': () => 'kein öffentlicher Name',
  'name.no-handshake': ({ at }) => `kein Handshake mit ${at}`,
  'name.unreached': ({ at }) => `${at} ist von hier nicht zu erreichen`,
  'tls.no-authority': ({ file }) => `in ${file} steht kein lesbares Zertifikat (door.authorityFile)`,
  'tls.authority-ends': ({ name, days }) =>
    `seine Zertifizierungsstelle ${name} läuft ab, noch ${counted(days, 'Tag', 'Tage')}`,
  'tls.shown': ({ host, protocol, issuer, days }) =>
    `${host}: ${protocol}, von ${issuer}, noch ${counted(days, 'Tag', 'Tage')}`,
  'http.closed': ({ at }) => `${at} ist geschlossen`,
  'http.silent': ({ at }) => `${at} antwortet nicht`,
  'http.answers': ({ url, status, location }) =>
    `${url} antwortet mit ${status}${location === '' ? '' : ` und schickt weiter zu ${location}`}`,
  'ports.answers': ({ at }) => `${at} antwortet`,
  'ports.closed': ({ host, ports }) => `${host}: keiner von ${ports} antwortet, gefragt von diesem Rechner`,
};
