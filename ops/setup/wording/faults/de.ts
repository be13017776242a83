import type { Entries } from '../../../../core/wording/shape.ts';
import { HARDENING, PROFILES } from '../../answers.ts';
import { MODEL_SIZES } from '../../model-fit.ts';
import type { AnswerClash, AnswerField, FaultTexts } from './facts.ts';

const LETTERS = 'ein Name aus Kleinbuchstaben (a-z) und Ziffern, nicht aus Ziffern allein, etwa ada';
const MODELS = MODEL_SIZES.map(({ name }) => name).join(', ');

const EXPECTED: Readonly<Record<AnswerField, string>> = {
  kind: 'compose oder bare',
  language: 'en oder de',
  data: 'ein absoluter Pfad aus Buchstaben, Ziffern und . _ @ + - ohne .., etwa /srv/kinkeeper',
  serverName: 'eine Domain aus Kleinbuchstaben, etwa home.example',
  host: 'ein Name wie chat.home.example',
  reach: 'vpn oder internet',
  certificate: 'own-ca oder { chain, key }',
  'certificate.chain': 'der absolute Pfad der Kette, etwa /etc/letsencrypt/live/home.example/fullchain.pem',
  'certificate.key': 'der absolute Pfad des Schlüssels, etwa /etc/letsencrypt/live/home.example/privkey.pem',
  devices: 'eine Liste von Namen wie adas-telefon',
  endpoint: 'ein Name oder eine Adresse, etwa 203.0.113.7',
  timeZone: 'eine Zeitzone wie Europe/Berlin',
  profiles: `eine Liste aus ${PROFILES.join(', ')}`,
  homeserver: 'eine Adresse wie http://127.0.0.1:8008',
  homeserverConfig: 'der absolute Pfad einer Datei, etwa /etc/matrix-synapse/homeserver.yaml',
  start: 'systemd oder detached',
  apiListen: 'Host:Port oder "" für aus',
  bot: LETTERS,
  people: 'eine Liste, in der du stehst, etwa - { name: ada, role: admin }',
  'people.name': LETTERS,
  'people.role': 'admin oder member',
  'people.language': 'en oder de',
  model: 'auto, none oder der Name eines Modells, etwa qwen3:4b',
  backupKey: 'make, none oder der Pfad einer Datei mit deinem öffentlichen Schlüssel, etwa /root/backup.asc',
  makesAccounts: 'true oder false',
  engine: 'docker oder podman',
  podmanAccount: 'der Name eines Kontos dieser Maschine, etwa kin',
  hardening: `eine Liste aus ${HARDENING.join(', ')}`,
};

const CLASHES: Readonly<Record<AnswerClash, string>> = {
  'no-admin': 'erwartet: wenigstens eine Person mit role: admin',
  'name-twice': 'erwartet: jeder Name nur einmal',
  'bot-is-person': 'erwartet: ein Name, den keine der Personen hat',
  'no-endpoint': 'fehlt; die Geräte brauchen es: ein Name oder eine Adresse, etwa 203.0.113.7',
  'no-systemd': 'erwartet: start: systemd dazu, oder keine Maßnahmen',
  'model-not-offered': `erwartet: auto, none oder eines von ${MODELS}`,
  'no-podman': 'erwartet: podman, wo podmanAccount steht',
};

/** German: what is wrong with answers. */
export const faults: Entries<FaultTexts> = {
  'fault.unreadable': ({ file, code }) => `--answers: ${file} ist nicht zu lesen (${code}).`,
  'fault.no-yaml': ({ file, line, code }) =>
    `--answers: Zeile ${line} von ${file} ist kein gültiges YAML (${code}). config/answers.compose.yaml und config/answers.bare.yaml zeigen, wie es aussieht.`,
  'fault.head': ({ file }) =>
    file === '' ? 'Die Antworten sind nicht zu gebrauchen:' : `--answers: ${file} ist nicht zu gebrauchen:`,
  'fault.value': ({ place, field, isMissing }) => {
    const expected = field === undefined ? 'etwas anderes' : EXPECTED[field];
    return `  ${place}: ${isMissing ? `fehlt; erwartet: ${expected}` : `erwartet: ${expected}`}`;
  },
  'fault.clash': ({ place, clash }) => `  ${place}: ${CLASHES[clash]}`,
  'fault.unknown': ({ place, near }) =>
    `  ${place}: gibt es nicht. ${near === '' ? 'Die Beispiele config/answers.*.yaml zeigen alles, was es gibt.' : `Meintest du ${near}?`}`,
};
