import { Counter, Histogram, Registry } from 'prom-client';
import { type Heartbeats, knownFigure } from '../job.ts';
import type { BotMeter } from '../meter.ts';
import { addGauges, type GaugeSpec } from './gauges.ts';

/** Seconds within which answers come: from the passages alone to a slow model on two cores. */
const ANSWER_SECONDS = [1, 2, 5, 10, 20, 40, 60, 120, 300];

/** The figures of the bot: what it did since it started, and what its heartbeat says. No label names anybody, a room or a file. */
export function botMetrics({ heartbeats }: { readonly heartbeats: Pick<Heartbeats, 'of'> }): {
  readonly meter: BotMeter;
  readonly registry: Registry;
} {
  const registry = new Registry();
  const registers = [registry];
  const messages = new Counter({
    ...{ name: 'kinkeeper_messages_handled_total', help: 'Messages taken up, by what they were', registers },
    labelNames: ['kind'],
  });
  const answers = new Counter({
    ...{ name: 'kinkeeper_answers_total', help: 'Questions, by how they ended', registers },
    labelNames: ['outcome'],
  });
  const seconds = new Histogram({
    ...{ name: 'kinkeeper_answer_seconds', help: 'Time from taking up a question to its answer', registers },
    buckets: ANSWER_SECONDS,
  });
  const files = new Counter({
    ...{ name: 'kinkeeper_files_total', help: 'Files that were read, by format and how that ended', registers },
    labelNames: ['kind', 'outcome'],
  });
  addGauges(registry, gauges(heartbeats));
  const meter: BotMeter = {
    message: (kind) => messages.inc({ kind }),
    answered: (time, outcome) => {
      answers.inc({ outcome });
      if (outcome === 'answered') seconds.observe(time);
    },
    file: (kind, outcome) => files.inc({ kind, outcome }),
  };
  return { meter, registry };
}

function gauges(heartbeats: Pick<Heartbeats, 'of'>): GaugeSpec[] {
  const figure = (name: string) => knownFigure(heartbeats.of('bot'), name);
  const one = (name: string, help: string, from: string): GaugeSpec => ({
    ...{ name: `kinkeeper_${name}`, help },
    read: () => ({ '': figure(from) }),
  });
  return [
    one('documents', 'Documents that are kept', 'documents'),
    one('passages', 'Passages that are kept', 'passages'),
    {
      ...{ name: 'kinkeeper_queue_length', help: 'Tasks that wait or run', label: 'queue' },
      read: () => ({ files: figure('filesWaiting'), questions: figure('questionsWaiting') }),
    },
    one('outbox_length', 'Messages of the bot that are not sent yet', 'repliesWaiting'),
    one('undecryptable_messages', 'Messages that wait for their key', 'undecryptable'),
    one('oldest_message_age_seconds', 'Age of the oldest message that is not handled', 'workSeconds'),
    one('oldest_reply_age_seconds', 'Age of the oldest message of the bot that is not sent', 'replySeconds'),
    one('one_time_keys', 'One-time keys of the bot on the homeserver', 'oneTimeKeys'),
    one('device_signed', 'Whether the bot’s device is signed by its identity', 'deviceSigned'),
    one('bot_memory_bytes', 'Memory of the bot', 'memoryBytes'),
    {
      ...{ name: 'kinkeeper_bot_start_time_seconds', help: 'When the bot started, since 1970' },
      read: () => ({ '': (figure('startedAt') ?? 0) / 1000 || null }),
    },
  ];
}
