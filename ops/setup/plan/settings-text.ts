import { stringify } from 'yaml';
import type { Answers } from '../answers.ts';

/** Where things lie, as bot and ops see them. */
export interface SettingsPlaces {
  readonly data: string;
  readonly homeserver: string;
  readonly apiListen: string;
  /** Spool of the host helper; undefined: there is none. */
  readonly spool: string | undefined;
  /** Address of Ollama where it is not looked for by itself, with the model that was chosen. */
  readonly ollama: { readonly url: string; readonly model: string } | undefined;
  readonly hasPostgres: boolean;
  readonly hasQdrant: boolean;
}

const HEAD = `# Settings of Kinkeeper, written by \`kinkeeper setup\`. Every setting and what it means: config/sample.yaml.
# What you change here, set-up shows as a difference and asks about before it writes the file anew.
`;

/** kinkeeper.yaml. Paths are absolute, so that the file may lie anywhere. */
export function settingsText(answers: Answers, places: SettingsPlaces): string {
  const { data } = places;
  const secret = (name: string) => `${data}/secrets/${name}`;
  const settings = {
    stateDir: `${data}/state`,
    matrix: {
      homeserver: places.homeserver,
      userId: userIdOf(answers, answers.bot),
      passwordFile: secret('bot-password'),
      opsRoom: 'auto',
    },
    people: answers.people.map(({ name, role, language }) => ({ id: userIdOf(answers, name), role, language })),
    keys: { passphraseFile: secret('passphrase') },
    ...(places.hasQdrant && { store: { kind: 'qdrant', url: 'http://qdrant:6333', apiKeyFile: secret('qdrant-key') } }),
    embedding: { kind: 'auto', modelsDir: `${data}/models` },
    answering: answeringOf(answers, places),
    api: { listen: places.apiListen },
    ...(places.spool !== undefined && { host: { spoolDir: places.spool } }),
    ...(answers.backupKey !== 'none' && {
      backup: { recipientsFile: `${data}/config/backup-recipients.asc`, localDir: `${data}/backups` },
    }),
    ...(places.hasPostgres && {
      homeserver: {
        kind: 'postgres',
        connectionFile: secret('homeserver-connection'),
        folder: `${data}/config/synapse`,
        media: `${data}/synapse/media_store`,
      },
    }),
  };
  return HEAD + stringify(settings, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
}

function answeringOf({ model }: Answers, { ollama }: SettingsPlaces): object {
  if (model === 'none') return { kind: 'extractive' };
  if (ollama !== undefined) return { kind: 'ollama', ...ollama };
  return { kind: 'auto' };
}

/** The full address of a local part. */
export function userIdOf({ serverName }: Pick<Answers, 'serverName'>, name: string): string {
  return `@${name}:${serverName}`;
}
