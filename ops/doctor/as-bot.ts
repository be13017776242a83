import { execa } from 'execa';
import { z } from 'zod';
import { word } from '../fixes/commands.ts';
import type { Account } from './bot-account.ts';
import { type Finding, fail } from './finding.ts';
import type { Telling } from './telling.ts';

/** A program of ours on the command line, as it was started: the doctor starts it again as another account. */
export interface OwnProgram {
  readonly file: string;
  readonly args: readonly string[];
}

const answer = z.object({
  findings: z.array(
    z.object({
      check: z.string(),
      status: z.enum(['ok', 'warn', 'fail']),
      says: z.string(),
      fix: z.string().exactOptional(),
    }),
  ),
});

/**
 * What the account of the bot finds: a process of its own, with its rights and its groups alone, as the kernel asks who one really is in more
 * than one way (access(2) by the real account). What root can do says nothing of it.
 */
export async function findAsBot(
  { file, args }: OwnProgram,
  { uid, gid }: Account,
  { say, host }: Telling,
): Promise<Finding[]> {
  const ended = await execa(process.execPath, [...process.execArgv, file, ...args], {
    ...{ uid, gid, reject: false, stdin: 'ignore', extendEnv: true },
  });
  const read = answer.safeParse(parsed(ended.stdout));
  if (read.success) return read.data.findings;
  const facts = { account: `${uid}:${gid}`, folder: host.product };
  return [fail('account', say('account.cannot-run', facts), `chmod -R go+rX ${word(host.product)}`)];
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
