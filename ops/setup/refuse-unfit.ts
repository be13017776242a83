import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Answers } from './answers.ts';
import { contentNow } from './place.ts';
import { HOST_SETTINGS } from './plan/host-helper-files.ts';
import { userIdOf } from './plan/settings-text.ts';
import type { Progress, Record } from './progress.ts';

/** Where the host's own tools keep things; others only in tests. */
export interface HostPlaces {
  readonly settings: string;
  /** Is there once the sealed volume of the data was made (ops/host/measures/luks.sh). */
  readonly sealedMark: string;
}
const HOST: HostPlaces = {
  settings: HOST_SETTINGS,
  sealedMark: '/var/lib/kinkeeper-host/harden/luks/applied',
};

/** Folders of the system, whose access set-up would change for every program on this machine. */
const SYSTEM =
  /^\/(?:(?:bin|boot|etc|lib(?:32|64|x32)?|proc|sbin|sys|usr)(?:\/.*)?|dev(?:\/(?!shm\/).*)?|home|media|mnt|opt|root|run|srv|tmp|var|var\/(?:cache|lib|log|spool|tmp))$/;
/** One of these lies in every folder that set-up has worked in, or that a household made by hand has. */
const OURS = ['setup.json', 'answers.yaml', 'config/kinkeeper.yaml', 'state/keys.json'];
/** What a fresh file system has in it. */
const EMPTY: ReadonlySet<string> = new Set(['lost+found']);

/**
 * Refuses answers that would harm what is there, before anything is looked at further: a folder that is not the household's, a sealed
 * volume that is locked, or answers of another household than the one that lies there. Throws AppError `conflict`.
 */
export function refuseUnfit(answers: Answers, progress: Progress, host = HOST): void {
  const { data } = answers;
  refuseSystem(data);
  refuseLocked(data, host.sealedMark);
  refuseForeign(data);
  refuseOtherPlace(answers, host.settings);
  refuseOtherHousehold(answers, progress.now);
}

/** What a household is for ever: noted at the first run, and compared at all others. */
export function identityOf({ kind, serverName, bot }: Answers): NonNullable<Record['household']> {
  return { kind, serverName, bot };
}

function refuseSystem(data: string): void {
  if (!SYSTEM.test(data)) return;
  throw new AppError('conflict', `${data} is a folder of the system, which set-up would give another owner and mode`, {
    hint: 'Name a folder of its own for data in the answers, such as /srv/kinkeeper.',
  });
}

function refuseLocked(data: string, mark: string): void {
  if (!existsSync(mark) || isMountPoint(data)) return;
  throw new AppError('conflict', `the sealed volume of ${data} is locked: its folder is empty until it is unlocked`, {
    hint: 'Unlock it (kinkeeper-harden … unlock) and run set-up again. Nothing was changed.',
  });
}

function isMountPoint(folder: string): boolean {
  if (!existsSync(folder)) return false;
  return statSync(folder).dev !== statSync(dirname(folder)).dev;
}

function refuseForeign(data: string): void {
  const found = lstatSync(data, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory() || OURS.some((name) => existsSync(join(data, name)))) return;
  const other = readdirSync(data).find((name) => !EMPTY.has(name));
  if (other === undefined) return;
  throw new AppError('conflict', `${data} is not empty (${other} lies there), and no household lies in it`, {
    hint: 'Name a new or empty folder for data in the answers. Nothing was changed.',
  });
}

/** The host's tools, services and containers know one folder. */
function refuseOtherPlace(answers: Answers, settings: string): void {
  if (answers.kind === 'bare' && answers.start === 'detached') return;
  const [, known] = /^data_dir=(.+)$/m.exec(contentNow(settings)) ?? [];
  if (known === undefined || known === answers.data) return;
  throw new AppError('conflict', `the household of this machine lies in ${known}, not in ${answers.data}`, {
    hint: `Say data: ${known} in the answers. To move it, stop everything, move the folder, and correct data_dir in ${settings} by hand first.`,
  });
}

/** Of runs of before nothing but the bot's address is known. Until accounts were made nothing is bound to the bot's name. */
function refuseOtherHousehold(answers: Answers, { household, done, started }: Record): void {
  const { data } = answers;
  const now = identityOf(answers);
  const isBound = started || done.accounts !== undefined;
  for (const name of ['kind', 'serverName', 'bot'] as const)
    if (household !== undefined && household[name] !== now[name] && (isBound || name !== 'bot'))
      throw otherHousehold(data, `${name}: ${household[name]}`, `${name}: ${now[name]}`);
  const [known, wanted] = [done['rate-limit'], userIdOf(answers, answers.bot)];
  if (household === undefined && known !== undefined && known !== wanted)
    throw otherHousehold(data, `the bot ${known}`, wanted);
}

function otherHousehold(data: string, known: string, wanted: string): AppError {
  return new AppError('conflict', `the household in ${data} has ${known}, and the answers say ${wanted}`, {
    hint: 'These can never be changed: every account, room and key is bound to them. Put the old value into the answers; for another household name another folder for data. Nothing was changed.',
  });
}
