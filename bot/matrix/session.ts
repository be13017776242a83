import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { AppError } from '../../core/errors.ts';
import type { Homeserver, Session } from './homeserver.ts';
import { HomeserverError } from './homeserver-error.ts';
import { hasDeviceKeys, logInAgain } from './own-account.ts';
import { PasswordBook } from './password-book.ts';

const TRIES = 4;

/**
 * The bot's device on the homeserver: the stored one, or at the very first start a new one by password. A token that the
 * server no longer knows is an error and never a silent new login: a new device would have none of the room keys, and
 * somebody ended the old one for a reason. Throws AppError `unavailable` or `invalid` with the next step.
 */
export async function openSession(
  db: Database,
  homeserver: Homeserver,
  account: { userId: string; password: () => string },
): Promise<Session> {
  const stored = readSession(db);
  if (stored && stored.userId !== account.userId) {
    throw new AppError(
      'conflict',
      `This state folder belongs to ${stored.userId}, the settings name ${account.userId}.`,
      {
        hint: 'Set matrix.userId back, or point stateDir at another folder.',
      },
    );
  }
  if (stored) {
    return await reach(homeserver, () => known(db, homeserver, { stored, password: account.password }));
  }
  const session = await reach(homeserver, () => homeserver.login(account.userId, account.password()));
  if (session.userId !== account.userId) {
    throw new AppError(
      'invalid',
      `The homeserver logged us in as ${session.userId}, the settings name ${account.userId}.`,
      {
        hint: 'Set matrix.userId to the full id that the homeserver uses.',
      },
    );
  }
  keepSession(db, session);
  return session;
}

/** Stores the session, in the place of an earlier one of the same device. */
export function keepSession(db: Database, session: Session): void {
  db.prepare("INSERT OR REPLACE INTO facts (key, value) VALUES ('session', ?)").run(JSON.stringify(session));
}

/** The stored session; where its token went in a change of the password that was cut off (bot/password-desk.ts), a new one of the same device. */
async function known(
  db: Database,
  homeserver: Homeserver,
  { stored, password }: { readonly stored: Session; readonly password: () => string },
): Promise<Session> {
  try {
    await homeserver.withSession(stored).whoAmI();
    return stored;
  } catch (error) {
    const change = new PasswordBook(db).open();
    if (change === undefined || !(error instanceof HomeserverError) || error.errcode !== 'M_UNKNOWN_TOKEN') throw error;
    for (const one of new Set([password(), change.next])) {
      const session = await logInAgain(homeserver, stored, one);
      if (session === undefined) continue;
      // A device that was deleted meanwhile is not ours any more, whatever it is called.
      if (!(await hasDeviceKeys(homeserver.withSession(session), session))) break;
      keepSession(db, session);
      return session;
    }
    throw error;
  }
}

/** The stored session; undefined before the first login. */
export function readSession(db: Database): Session | undefined {
  const value = db.prepare("SELECT value FROM facts WHERE key = 'session'").pluck().get();
  return typeof value === 'string' ? (JSON.parse(value) as Session) : undefined;
}

/** Tries a few times, because a homeserver that starts beside us needs a moment; then says what is wrong. */
async function reach<T>(homeserver: Homeserver, request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof HomeserverError)) throw error;
      if (error.transient && attempt < TRIES) {
        await sleep(Math.max(error.retryAfterMs, 500 * attempt));
        continue;
      }
      throw explain(error, homeserver.url);
    }
  }
}

function explain(error: HomeserverError, url: string): AppError {
  if (error.errcode === 'M_UNKNOWN_TOKEN') {
    return new AppError('unavailable', 'The homeserver no longer knows the bot’s session (it was logged out there).', {
      hint: 'If that was you: move bot.db out of the state folder and start again; the bot then comes back as a new device. People’s documents are not in bot.db.',
      cause: error,
    });
  }
  if (error.status === 403) {
    return new AppError('invalid', 'The homeserver refuses the bot’s name or password.', {
      hint: 'Check matrix.userId (KINKEEPER_MATRIX_USER_ID) and the file of matrix.passwordFile.',
      cause: error,
    });
  }
  if (error.status === 0 || error.status >= 500) {
    return new AppError('unavailable', `The homeserver at ${url} does not answer.`, {
      hint: 'Check that it runs and that matrix.homeserver (KINKEEPER_MATRIX_HOMESERVER) is its address. Nothing is lost: messages wait there.',
      cause: error,
    });
  }
  return new AppError('unavailable', error.message, { cause: error });
}
