import { type Heartbeat, knownFigure } from '../../core/job.ts';
import type { Readings } from './health-readings.ts';

type BotReadings = Pick<
  Readings,
  'workWaiting' | 'workSeconds' | 'repliesWaiting' | 'replySeconds' | 'oneTimeKeys' | 'deviceSigned'
>;

/** What a bot says that is silent by now says nothing of now. */
const FRESH_MS = 120_000;

/** What the bot's heartbeat says of its queues and keys; nulls where it is silent, or does not say. */
export function readBot(beat: Heartbeat | undefined, now: number): BotReadings {
  const fresh = beat !== undefined && now - beat.at <= FRESH_MS ? beat : undefined;
  const number = (name: string) => knownFigure(fresh, name);
  const [files, questions] = [number('filesWaiting'), number('questionsWaiting')];
  return {
    workWaiting: files === null || questions === null ? null : files + questions,
    workSeconds: number('workSeconds'),
    repliesWaiting: number('repliesWaiting'),
    replySeconds: number('replySeconds'),
    oneTimeKeys: number('oneTimeKeys'),
    deviceSigned: number('deviceSigned'),
  };
}
