import { existsSync } from 'node:fs';
import type { Language } from '../../core/caller.ts';
import { contentNow, fileDiffers, folderDiffers } from './place.ts';
import type { Plan, PlannedAct, PlannedFile, PlannedFolder, PlannedSecret } from './plan/plan.ts';
import type { Progress } from './progress.ts';
import { showDifference } from './show-difference.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** What is not as planned. */
export interface Differences {
  readonly folders: readonly PlannedFolder[];
  readonly files: readonly PlannedFile[];
  readonly secrets: readonly PlannedSecret[];
  readonly acts: readonly PlannedAct[];
  /** Files and secrets that are as planned but for whom they belong to and who may read them. */
  readonly access: readonly PlannedFolder[];
}

/**
 * Compares the machine with a plan; changes nothing. `hasEnded`: bot or ops were started by set-up, and do not run any more. Throws AppError
 * `conflict` where something else is in the way.
 */
export function whatDiffers(plan: Plan, progress: Progress, { hasEnded = false } = {}): Differences {
  const { folders, files, secrets, acts } = plan;
  const changed = files.filter((file) => ['missing', 'content'].includes(fileDiffers(file) ?? ''));
  const isRead = changed.some((file) => file.isRead);
  const missing = secrets.filter((secret) => fileDiffers(secret) === 'missing');
  return {
    folders: folders.filter((folder) => folderDiffers(folder) !== undefined),
    files: changed,
    secrets: missing,
    access: [...files, ...secrets].filter((one) => fileDiffers(one) === 'access'),
    acts: acts.filter(
      (act) =>
        !progress.isDone(act) ||
        isGone(act) ||
        (isRead && RUNS_AGAIN.has(act.act)) ||
        (hasEnded && act.act === 'start'),
    ),
  };
}

function isGone({ makes }: PlannedAct): boolean {
  return makes !== undefined && !existsSync(makes);
}

/** What has to be done again when a file was changed by hand and is put back. */
export const RUNS_AGAIN: ReadonlySet<string> = new Set(['homeserver', 'start', 'first-message']);

/** Whether anything has to be done. */
export function isNothing({ folders, files, secrets, acts, access }: Differences): boolean {
  return [folders, files, secrets, acts, access].every((list) => list.length === 0);
}

/** The differences for people, line by line; secrets by their names alone, and `inShort` files, too. */
export function differenceLines(
  language: Language,
  { folders, files, secrets, acts, access }: Differences,
  { inShort = false } = {},
): string[] {
  return [
    ...folders.map(({ path }) => sayAtSetup(language, 'change.folder', { path })),
    ...secrets.map(({ path }) => sayAtSetup(language, 'change.secret', { path })),
    ...access.map(({ path }) => sayAtSetup(language, 'change.access', { path })),
    ...files.flatMap(({ path, content }) => {
      const before = contentNow(path);
      const head = sayAtSetup(language, 'change.file', { path, isNew: before === '' });
      return before === '' || inShort
        ? [head]
        : [head, ...showDifference(before, content).map((line) => `    ${line}`)];
    }),
    ...acts.map(({ act }) => sayAtSetup(language, 'change.act', { act })),
  ];
}
