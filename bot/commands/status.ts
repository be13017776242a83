import { HOST_STALE_MS } from '../../core/host-stale.ts';
import type { Heartbeat } from '../../core/job.ts';
import { opsLife } from '../ops-life.ts';
import { housePicture } from '../picture/house-picture.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { keysConfirm } from './keys-confirm.ts';
import { usageLine } from './usage-line.ts';

/** `!status`: how the processes are doing, in counts and sizes, with a picture of the last days. */
export const status = defineCommand({
  name: 'status',
  typed: { en: 'status', de: 'status' },
  aliases: ['health', 'zustand'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['figures', 'models', 'heartbeats', 'people', 'alerts', 'clock', 'progress', 'handOver', 'series'],
  execute: async ({ caller, figures, models, heartbeats, people, alerts, clock, ...how }) => {
    const { language } = caller;
    const bot = figures();
    const used = models();
    const now = clock();
    const ops = opsLife(heartbeats, now);
    const beat = heartbeats.of('ops');
    const progress = how.progress();
    const earlier = await Promise.all((progress?.earlier ?? []).map((name) => used.earlier?.(name)));
    const meanwhile = earlier.length === 0 ? 'none' : earlier.includes(undefined) ? 'words' : 'earlier';
    const text = [
      say(language, 'status.bot', {
        ...bot,
        uptime: now - bot.startedAt,
        answering: used.answering?.name ?? '',
        embedding: used.embedding?.name ?? '',
        embeddingState: used.embeddingState?.() ?? 'ready',
      }),
      ...(progress && progress.embedded < progress.passages
        ? [say(language, 'status.embedding', { ...progress, meanwhile })]
        : []),
      say(language, 'status.ops', { state: ops.life, ago: ops.heardAgo }),
      ...(beat === undefined ? [] : [say(language, 'status.host', hostFacts(beat, now))]),
      say(language, 'status.counts', { ...bot, people: people.list().length }),
      say(language, 'status.queues', {
        files: bot.filesWaiting,
        questions: bot.questionsWaiting,
        replies: bot.repliesWaiting,
        undecryptable: bot.undecryptable,
      }),
      say(language, 'status.alerts', {
        undelivered: alerts.undelivered().length,
        open: alerts.open().length,
      }),
      ...(how.handOver?.isOpen
        ? [say(language, 'status.unconfirmed', { confirm: usageLine(keysConfirm, language) })]
        : []),
    ].join('\n');
    return { text, picture: housePicture(language, how.series()) };
  },
});

/** Whether ops sees the host itself, by its helper, and how long ago that looked. */
function hostFacts({ figures }: Heartbeat, now: number): { state: 'unseen' | 'silent' | 'seen'; ago: number } {
  const at = Number(figures.hostSeenAt ?? 0);
  if (at === 0) return { state: 'unseen', ago: 0 };
  const ago = Math.max(0, now - at);
  return { state: ago > HOST_STALE_MS ? 'silent' : 'seen', ago };
}
