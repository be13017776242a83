/** Everything in an answers file that can be other than it should; of lists and records, each one in them. */
export const ANSWER_FIELDS = [
  ...(['kind', 'language', 'data', 'serverName', 'host', 'reach', 'certificate', 'certificate.chain'] as const),
  ...(['certificate.key', 'devices', 'endpoint', 'timeZone', 'profiles', 'homeserver', 'homeserverConfig'] as const),
  ...(['start', 'apiListen', 'bot', 'people', 'people.name', 'people.role', 'people.language'] as const),
  ...(['model', 'backupKey', 'makesAccounts', 'hardening', 'engine', 'podmanAccount'] as const),
] as const;
export type AnswerField = (typeof ANSWER_FIELDS)[number];

/** What two answers do not go together by (ops/setup/answers.ts). */
export const ANSWER_CLASHES = [
  ...([
    'no-admin',
    'name-twice',
    'bot-is-person',
    'no-endpoint',
    'no-systemd',
    'model-not-offered',
    'no-podman',
  ] as const),
] as const;
export type AnswerClash = (typeof ANSWER_CLASHES)[number];

/** What is said of answers that cannot be used. Values are named nowhere; names of fields and of people are. */
export interface FaultTexts {
  'fault.unreadable': { readonly file: string; readonly code: string };
  'fault.no-yaml': { readonly file: string; readonly line: number; readonly code: string };
  /** `file`: empty for those of the wizard. */
  'fault.head': { readonly file: string };
  /** `place`: as a path, `people.1.name`; `field`: what stands there; undefined where nothing is known of it. */
  'fault.value': { readonly place: string; readonly field: AnswerField | undefined; readonly isMissing: boolean };
  'fault.clash': { readonly place: string; readonly clash: AnswerClash };
  /** `near`: what was probably meant; empty where nothing is near. */
  'fault.unknown': { readonly place: string; readonly near: string };
}
