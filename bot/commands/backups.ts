import { type AlertLog, alertReference } from '../../core/alert.ts';
import { type Generation, isVerified } from '../../core/backup/generation.ts';
import { isMadeAhead } from '../../core/backup/made-ahead.ts';
import { newestProven } from '../../core/backup/newest-proven.ts';
import type { Language } from '../../core/caller.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

const SHOWN = 12;
/** Names that a remote lists may be anything: they push none of ours off the list. */
const SHOWN_LISTED = 3;

/**
 * `!backups`: every generation, newest first, where it lies and what was proven of it. Those that are only known from a list
 * do not count, nor do those of the future.
 */
export const backups = defineCommand({
  name: 'backups',
  typed: { en: 'backups', de: 'sicherungen' },
  aliases: ['backup'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['generations', 'alerts', 'clock'],
  execute: ({ caller, generations, alerts, clock }) => {
    const { language } = caller;
    const all = generations.all();
    const now = clock();
    if (all.length === 0) return say(language, 'backups.none');
    const [verified, listed] = [all.filter(isVerified), all.filter((one) => !isVerified(one))];
    const shown = [...verified.slice(0, SHOWN), ...listed.slice(0, SHOWN_LISTED)].sort(newestFirst);
    const [hidden, hiddenListed] = [verified.length - SHOWN, listed.length - SHOWN_LISTED];
    return [
      head(language, verified, now),
      ...unreached(language, alerts),
      '',
      ...shown.map((one) => line(language, one, now)),
      ...(hidden > 0 ? ['', say(language, 'backups.more', { hidden })] : []),
      ...(hiddenListed > 0 ? ['', say(language, 'backups.more-listed', { hidden: hiddenListed })] : []),
    ].join('\n');
  },
});

/** A remote that fails: what is said of it is from before. */
function unreached(language: Language, alerts: Pick<AlertLog, 'open'>): string[] {
  return alerts.open().flatMap(({ id, code: kind, facts, raisedAt }) => {
    if (kind !== 'remote-failing') return [];
    const where = { remote: String(facts.remote ?? ''), reference: alertReference(id) };
    return [say(language, 'backups.unreached', { ...where, since: raisedAt })];
  });
}

function newestFirst(one: Generation, other: Generation): number {
  return other.madeAt - one.madeAt;
}

function head(language: Language, verified: readonly Generation[], now: number): string {
  if (verified.length === 0) return say(language, 'backups.only-listed');
  const counting = verified.filter((one) => !isMadeAhead(one, now));
  if (counting.length === 0) return say(language, 'backups.only-ahead');
  const proven = newestProven(counting, now);
  const provenAgo = proven ? Math.max(0, now - proven.madeAt) : -1;
  return say(language, 'backups.head', { made: counting.length, provenAgo });
}

function line(language: Language, generation: Generation, now: number): string {
  const { name, madeAt, bytes, copies } = generation;
  return say(language, 'backups.line', {
    id: code(name),
    at: madeAt,
    bytes,
    places: copies.map(({ place }) => place),
    unread: isVerified(generation) ? copies.filter(({ verifiedAt }) => verifiedAt === 0).map(({ place }) => place) : [],
    proof: new Markdown(proofText(language, generation, now)),
  });
}

function proofText(language: Language, generation: Generation, now: number): string {
  const { provenAt, proof } = generation;
  if (!isVerified(generation)) return say(language, 'backups.listed');
  if (isMadeAhead(generation, now)) return say(language, 'backups.ahead');
  if (provenAt === null) return say(language, 'backups.unproven');
  const count = (key: string) => Number(proof[key] ?? 0);
  return say(language, 'backups.proven', {
    at: provenAt,
    from: String(proof.place ?? ''),
    documents: count('documents'),
    testQuestions: count('questions'),
    leftOut: count('leftOut'),
  });
}
