import type { Language } from '../../core/caller.ts';
import { noonOf } from '../../core/daily-figures.ts';
import type { HouseSeries } from '../../core/house-series.ts';
import { Markdown } from '../../core/wording/markdown.ts';
import { type PlainKey, say } from '../wording/say.ts';

/** What the picture of a series shows, in a few sentences: for whoever cannot see it, and where pictures are not shown. */
export function pictureWords(language: Language, series: HouseSeries): string {
  const first = noonOf(series.days[0]!.day);
  const last = noonOf(series.days.at(-1)!.day);
  const head = `${say(language, 'picture.title')} (${say(language, 'picture.range', { from: first, to: last })}).`;
  const parts = [
    sizes(language, series),
    backups(language, series),
    answers(language, series),
    logins(language, series),
  ];
  return [head, ...parts.flat()].join(' ');
}

function sizes(language: Language, { days }: HouseSeries): string[] {
  const known = days.filter(({ levels }) => levels.stateBytes !== undefined);
  const full = days.findLast(({ levels }) => levels.diskFreeBytes !== undefined && levels.diskBytes !== undefined);
  if (known.length === 0 && full === undefined) return [titled(language, 'picture.kept', 'picture.not-measured')];
  const kept = known.length === 0 ? [] : [keptWords(language, known[0]!, known.at(-1)!)];
  if (full === undefined) return kept;
  const { diskFreeBytes: free, diskBytes: total } = full.levels;
  return [...kept, say(language, 'picture.alt-disk', { free: free!, total: total! })];
}

function keptWords(language: Language, first: HouseSeries['days'][number], last: typeof first): string {
  const [earlier, bytes] = [first.levels.stateBytes!, last.levels.stateBytes!];
  return say(language, 'picture.alt-kept', { bytes, earlier, since: noonOf(first.day) });
}

function backups(language: Language, { backups: made, newestBackup: newest }: HouseSeries): string[] {
  if (newest === undefined) return [titled(language, 'picture.backups', 'picture.backups-none')];
  if (made.made === 0) return [say(language, 'picture.backups-old', { at: newest.madeAt })];
  const words = new Markdown(say(language, 'picture.backups-now', { at: newest.madeAt, isProven: newest.isProven }));
  return [say(language, 'picture.alt-backups', { ...made, newestOne: words })];
}

function answers(language: Language, { answers: { count, median, slow } }: HouseSeries): string[] {
  if (median === undefined || slow === undefined) return [titled(language, 'picture.answers', 'picture.answers-none')];
  return [say(language, 'picture.alt-answers', { count, median, slow })];
}

function logins(language: Language, { days }: HouseSeries): string[] {
  const known = days.filter(({ levels }) => levels.failedLogins !== undefined);
  const worst = known.reduce<(typeof known)[number] | undefined>(
    (most, day) => (day.levels.failedLogins! > (most?.levels.failedLogins ?? -1) ? day : most),
    undefined,
  );
  if (worst === undefined) return [titled(language, 'picture.logins', 'picture.logins-none')];
  return [say(language, 'picture.alt-logins', { most: worst.levels.failedLogins!, at: noonOf(worst.day) })];
}

/** What a panel of the picture says in words. */
function titled(language: Language, title: PlainKey, words: PlainKey): string {
  return `${say(language, title)}: ${say(language, words)}`;
}
