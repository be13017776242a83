import type { Clock } from '../../core/clock.ts';
import { UsageError } from '../../core/exit.ts';
import { wholeLines } from '../backup/commands/whole-lines.ts';
import type { VerifiedArchive } from '../backup/verify-archive.ts';
import type { Prompt } from '../keys/prompt.ts';
import type { FoundArchive } from './remote-archive.ts';

const HOUR_MS = 3_600_000;
const SHOWN = 5;

interface Agreeing {
  readonly verified: VerifiedArchive;
  /** `--yes`: it is shown, and nobody is asked. */
  readonly isAgreed: boolean;
  readonly prompt: Prompt;
  readonly say: (line: string) => void;
  readonly clock: Clock;
}

/**
 * Shows which backup a remote has given, by what stands sealed in it, how old it is, and what newer ones lie there; and asks, because only people can
 * know whether there ought to be a newer one. Throws UsageError when they do not agree.
 */
export async function agreeOnRemote(found: FoundArchive, { verified, isAgreed, prompt, say, clock }: Agreeing) {
  say(`${found.source.name}`);
  say(wholeLines(verified));
  say(
    `It is ${ageText(clock() - verified.head.madeAt)} old. Whoever came, sent or forgot something since is not in it.`,
  );
  for (const { name, ahead } of found.newer.slice(0, SHOWN))
    say(ahead ? `REFUSED: ${name} at ${found.place} says that it was made in the future.` : `NEWER there: ${name}.`);
  if (found.newer.length > SHOWN) say(`NEWER or refused there, too: ${found.newer.length - SHOWN} more.`);
  if (isAgreed) return;
  const typed = await prompt.line('Restore this one? Type yes');
  if (!/^(yes|y|ja|j)$/i.test(typed.trim())) throw new UsageError('Nothing was restored, and nothing was changed.');
}

function ageText(age: number): string {
  const hours = Math.max(0, Math.floor(age / HOUR_MS));
  if (hours < 1) return 'less than an hour';
  const [count, unit] = hours < 48 ? [hours, 'hour'] : [Math.floor(hours / 24), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
