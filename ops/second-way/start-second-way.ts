import type { AlertSettings } from '../../config/config.ts';
import type { Secrets } from '../../config/load.ts';
import type { AlertLog } from '../../core/alert.ts';
import { systemClock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import type { People } from '../../core/people.ts';
import { SecondWay } from './second-way.ts';
import { waysOf } from './ways-of.ts';

/** How often it is looked for alerts that Matrix does not carry. */
const LOOK_MS = 15_000;

interface StartOptions {
  readonly settings: AlertSettings;
  readonly secrets: Pick<Secrets, 'mailPassword' | 'webhookToken'>;
  readonly alerts: AlertLog;
  readonly people: Pick<People, 'list'>;
  readonly log: Logger;
}

/** Starts looking after alerts that Matrix does not carry, until it is disposed of. Used by ops alone. `names`: the ways that are set up. */
export function startSecondWay({ settings, secrets, alerts, people, log }: StartOptions): AsyncDisposable & {
  readonly names: readonly string[];
} {
  const ways = waysOf(settings, secrets);
  const secondWay = new SecondWay({ ways, from: settings.from, alerts, people, clock: systemClock, log });
  const timer = setInterval(() => {
    secondWay.tick().catch((error: unknown) => log.error({ err: error }, 'the second way failed'));
  }, LOOK_MS);
  return {
    names: ways.map(({ name }) => name),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await secondWay.stop();
    },
  };
}
