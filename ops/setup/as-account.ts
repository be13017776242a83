import type { Owner } from './plan/plan.ts';

/**
 * Does something with the rights of an account, where root runs this: files that it makes in the state folder have to be the bot's.
 * Nothing else may go on in this process meanwhile.
 */
export async function asAccount<T>({ uid, gid }: Owner, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0 || uid === 0) return work();
  process.setegid!(gid);
  process.seteuid!(uid);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}
