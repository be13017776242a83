import { AppError, type ErrorCode } from '../../../core/errors.ts';

/** What can be the matter with a remote, and how it fails then. */
const CODES = {
  away: 'unavailable',
  'not-mounted': 'unavailable',
  full: 'unavailable',
  refused: 'forbidden',
  'wrong-machine': 'forbidden',
  clock: 'forbidden',
  'no-folder': 'invalid',
  settings: 'invalid',
  program: 'invalid',
  'too-long': 'invalid',
  slow: 'unavailable',
  damaged: 'unavailable',
  'changed-here': 'unavailable',
  'no-backup': 'not-found',
  other: 'unavailable',
} as const satisfies Readonly<Record<string, ErrorCode>>;

export type RemoteTrouble = keyof typeof CODES;

/**
 * What a remote throws. The message names the remote as the settings do and never its host, account, path or keys; and there
 * is no cause, because errors of programs and sockets carry those.
 */
export function remoteFault(trouble: RemoteTrouble, remote: string, problem: string, hint?: string): AppError {
  const facts = { trouble };
  return new AppError(
    CODES[trouble],
    `the remote ${remote} ${problem}`,
    hint === undefined ? { facts } : { facts, hint },
  );
}

/** What is the matter with a remote, from anything that it threw: for alerts, which have words for each. */
export function troubleOf(thrown: unknown): RemoteTrouble {
  const trouble = thrown instanceof AppError ? thrown.facts.trouble : undefined;
  return Object.keys(CODES).find((one): one is RemoteTrouble => one === trouble) ?? 'other';
}

/** The archive on this machine is not the one that was made. */
export function changedHere(remote: string): AppError {
  const hint = 'The disk of this machine may be broken. Newer and older backups are not concerned.';
  return remoteFault(
    'changed-here',
    remote,
    'was sent nothing: the backup on this machine is not as it was made',
    hint,
  );
}

/** The far side took everything and holds something else. */
export function damagedThere(remote: string): AppError {
  const hint =
    'What it kept was removed, and it is sent again at the next run. If this repeats, its disk may be broken.';
  return remoteFault('damaged', remote, 'does not hold the bytes that were sent', hint);
}
