import type { Entries } from '../../../../core/wording/shape.ts';
import { HARDENING, PROFILES } from '../../answers.ts';
import { MODEL_SIZES } from '../../model-fit.ts';
import type { AnswerClash, AnswerField, FaultTexts } from './facts.ts';

const LETTERS = 'a name of small letters (a-z) and digits, not of digits alone, such as ada';
const MODELS = MODEL_SIZES.map(({ name }) => name).join(', ');

const EXPECTED: Readonly<Record<AnswerField, string>> = {
  kind: 'compose or bare',
  language: 'en or de',
  data: 'an absolute path of letters, digits and . _ @ + - without .., such as /srv/kinkeeper',
  serverName: 'a domain of small letters, such as home.example',
  host: 'a name such as chat.home.example',
  reach: 'vpn or internet',
  certificate: 'own-ca, or { chain, key }',
  'certificate.chain': 'the absolute path of the chain, such as /etc/letsencrypt/live/home.example/fullchain.pem',
  'certificate.key': 'the absolute path of the key, such as /etc/letsencrypt/live/home.example/privkey.pem',
  devices: 'a list of names such as adas-phone',
  endpoint: 'a name or an address such as 203.0.113.7',
  timeZone: 'a time zone such as Europe/Berlin',
  profiles: `a list of some of ${PROFILES.join(', ')}`,
  homeserver: 'an address such as http://127.0.0.1:8008',
  homeserverConfig: 'the absolute path of a file, such as /etc/matrix-synapse/homeserver.yaml',
  start: 'systemd or detached',
  apiListen: 'host:port, or "" for off',
  bot: LETTERS,
  people: 'a list with you in it, such as - { name: ada, role: admin }',
  'people.name': LETTERS,
  'people.role': 'admin or member',
  'people.language': 'en or de',
  model: 'auto, none, or the name of a model, such as qwen3:4b',
  backupKey: 'make, none, or the path of a file with your public key, such as /root/backup.asc',
  makesAccounts: 'true or false',
  engine: 'docker or podman',
  podmanAccount: 'the name of an account of this machine, such as kin',
  hardening: `a list of some of ${HARDENING.join(', ')}`,
};

const CLASHES: Readonly<Record<AnswerClash, string>> = {
  'no-admin': 'expected one with role: admin at least',
  'name-twice': 'expected each name once',
  'bot-is-person': 'expected a name that none of the people has',
  'no-endpoint': 'is missing; devices need it: a name or an address such as 203.0.113.7',
  'no-systemd': 'expected start: systemd with it, or no measures',
  'model-not-offered': `expected auto, none, or one of ${MODELS}`,
  'no-podman': 'expected podman with podmanAccount',
};

/** English: what is wrong with answers. */
export const faults: Entries<FaultTexts> = {
  'fault.unreadable': ({ file, code }) => `--answers: ${file} cannot be read (${code}).`,
  'fault.no-yaml': ({ file, line, code }) =>
    `--answers: line ${line} of ${file} is no valid YAML (${code}). config/answers.compose.yaml and config/answers.bare.yaml show how it looks.`,
  'fault.head': ({ file }) => (file === '' ? 'The answers cannot be used:' : `--answers: ${file} cannot be used:`),
  'fault.value': ({ place, field, isMissing }) => {
    const expected = field === undefined ? 'something else' : EXPECTED[field];
    return `  ${place}: ${isMissing ? `is missing; expected ${expected}` : `expected ${expected}`}`;
  },
  'fault.clash': ({ place, clash }) => `  ${place}: ${CLASHES[clash]}`,
  'fault.unknown': ({ place, near }) =>
    `  ${place}: is not known. ${near === '' ? 'The examples config/answers.*.yaml show all that there is.' : `Did you mean ${near}?`}`,
};
