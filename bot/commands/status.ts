import { opsLife } from '../ops-life.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { keysConfirm } from './keys-confirm.ts';
import { usageLine } from './usage-line.ts';

const LOOKED_AT = 200;

/** `!status`: how the processes are doing, in counts and sizes. */
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
  needs: ['figures', 'models', 'heartbeats', 'people', 'alerts', 'clock', 'progress', 'handOver'],
  execute: async ({ caller, figures, models, heartbeats, people, alerts, clock, ...how }) => {
    const { language } = caller;
    const bot = figures();
    const used = models();
    const now = clock();
    const ops = opsLife(heartbeats, now);
    const progress = how.progress();
    const earlier = await Promise.all((progress?.earlier ?? []).map((name) => used.earlier?.(name)));
    const meanwhile = earlier.length === 0 ? 'none' : earlier.includes(undefined) ? 'words' : 'earlier';
    return [
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
      say(language, 'status.counts', { ...bot, people: people.list().length }),
      say(language, 'status.queues', {
        files: bot.filesWaiting,
        questions: bot.questionsWaiting,
        replies: bot.repliesWaiting,
        undecryptable: bot.undecryptable,
      }),
      say(language, 'status.alerts', {
        undelivered: alerts.undelivered().length,
        open: alerts.recent(LOOKED_AT).filter((alert) => alert.clearedAt === null).length,
      }),
      ...(how.handOver?.isOpen
        ? [say(language, 'status.unconfirmed', { confirm: usageLine(keysConfirm, language) })]
        : []),
    ].join('\n');
  },
});
