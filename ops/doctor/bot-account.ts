import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** An account by its numbers. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const UNIT = '/etc/systemd/system/kinkeeper-bot.service';

/**
 * The account that bot and ops run as: what their service says, else whom most of the state folder belongs to. undefined: there is neither.
 * One wrong owner in it, of the folder itself too, does not change that.
 */
export function botAccount(stateDir: string, unit = UNIT): Account | undefined {
  return ofService(unit, stateDir) ?? ofMost(stateDir);
}

/** Only a service that works on this state: another household's says nothing of it. */
function ofService(unit: string, stateDir: string): Account | undefined {
  const text = textOf(unit);
  if (text === undefined || !text.includes(`${stateDir} `)) return undefined;
  const number = (name: string) => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const account = { uid: number('User'), gid: number('Group') };
  return Number.isNaN(account.uid) || Number.isNaN(account.gid) ? undefined : account;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function ofMost(stateDir: string): Account | undefined {
  const facts = [stateDir, ...pathsIn(stateDir), ...pathsIn(join(stateDir, 'tenants'))].flatMap(factsOf);
  const times = new Map<number, number>();
  for (const { uid } of facts) times.set(uid, (times.get(uid) ?? 0) + 1);
  const [most] = [...times].sort(([, one], [, other]) => other - one);
  return facts.find(({ uid }) => uid === most?.[0]);
}

function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function factsOf(path: string): Stats[] {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? [] : [facts];
}
