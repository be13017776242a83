import { stringify } from 'yaml';
import type { Answers } from '../answers.ts';
import { keepOthers, YAML_STYLE } from './keep-others.ts';
import type { PlanFacts } from './plan.ts';

/** Where things lie and are reached, as bot and ops see it. */
export interface SettingsPlaces {
  readonly homeserver: string;
  /** Where Element is in a browser, where one is served. */
  readonly webClient?: string | undefined;
  readonly apiListen: string;
  /** The one network from which a proxy of ours speaks to the API; undefined: as the product takes it. */
  readonly proxies?: readonly string[];
  readonly stateDir: string;
  readonly modelsDir: string;
  readonly passwordFile: string;
  readonly passphraseFile: string;
  readonly backups: { readonly recipientsFile: string; readonly localDir: string };
  /** Section `answering`. */
  readonly answering: object;
  /** Sections that only one kind of deployment has. */
  readonly more: object;
  /** What the two kinds may have written before, and do not any more with these answers. */
  readonly withdrawn: object;
}

const HEAD = `# Settings of Kinkeeper, written by \`kinkeeper setup\`. Every setting and what it means: config/sample.yaml.
# What you add here stays. Lines that set-up wrote it puts back at its next run, and shows them before.
`;

/** kinkeeper.yaml: set-up's own lines, and those of others as they stand there now. Paths are absolute, so that the file may lie anywhere. */
export function settingsText(
  answers: Answers,
  places: SettingsPlaces,
  { settings: now, done }: Pick<PlanFacts, 'settings' | 'done'>,
): string {
  const planned = {
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
    api: { listen: places.apiListen, ...(places.proxies !== undefined && { proxies: places.proxies }) },
    ...(answers.backupKey !== 'none' && { backup: places.backups }),
    ...places.more,
  };
  const own = {
    planned,
    withdrawn: { backup: places.backups, ...places.withdrawn },
    knownPeople: done.accounts?.split(' ') ?? [],
  };
  return keepOthers(now, own) ?? HEAD + stringify(planned, YAML_STYLE);
}

/** The full address of a local part. */
export function userIdOf({ serverName }: Pick<Answers, 'serverName'>, name: string): string {
  return `@${name}:${serverName}`;
}
