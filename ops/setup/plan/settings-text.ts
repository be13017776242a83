import { stringify } from 'yaml';
import type { Answers } from '../answers.ts';

/** Where things lie and are reached, as bot and ops see it. */
export interface SettingsPlaces {
  readonly homeserver: string;
  /** Where Element is in a browser, where one is served. */
  readonly webClient?: string | undefined;
  readonly apiListen: string;
  readonly stateDir: string;
  readonly modelsDir: string;
  readonly passwordFile: string;
  readonly passphraseFile: string;
  readonly backups: { readonly recipientsFile: string; readonly localDir: string };
  /** Section `answering`. */
  readonly answering: object;
  /** Sections that only one kind of deployment has. */
  readonly more: object;
}

const HEAD = `# Settings of Kinkeeper, written by \`kinkeeper setup\`. Every setting and what it means: config/sample.yaml.
# What you change here, set-up shows as a difference and asks about before it writes the file anew.
`;

/** kinkeeper.yaml. Paths are absolute, so that the file may lie anywhere. */
export function settingsText(answers: Answers, places: SettingsPlaces): string {
  const settings = {
    stateDir: places.stateDir,
    matrix: {
      homeserver: places.homeserver,
      userId: userIdOf(answers, answers.bot),
      passwordFile: places.passwordFile,
      opsRoom: 'auto',
      ...(places.webClient !== undefined && { webClient: places.webClient }),
    },
    people: answers.people.map(({ name, role, language }) => ({ id: userIdOf(answers, name), role, language })),
    keys: { passphraseFile: places.passphraseFile },
    embedding: { kind: 'auto', modelsDir: places.modelsDir },
    answering: places.answering,
    api: { listen: places.apiListen },
    ...(answers.backupKey !== 'none' && { backup: places.backups }),
    ...places.more,
  };
  return HEAD + stringify(settings, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
}

/** The full address of a local part. */
export function userIdOf({ serverName }: Pick<Answers, 'serverName'>, name: string): string {
  return `@${name}:${serverName}`;
}
