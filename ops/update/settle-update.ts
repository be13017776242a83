import type { Clock } from '../../core/clock.ts';
import type { Control } from '../../core/control.ts';
import type { HostHelper } from '../host/host-helper.ts';
import { forgetUpdate, pendingUpdate } from './pending-update.ts';

/** After so long no answer comes any more: the helper removes its answers after a week. */
const GIVE_UP_MS = 24 * 3_600_000;

/** What settling works with. */
export interface SettleParts {
  readonly control: Pick<Control, 'facts' | 'alerts'>;
  readonly helper: Pick<HostHelper, 'answer'>;
  readonly clock: Clock;
}

/**
 * Tells the admins how an update ended, once the helper says so: called by ops at its start and every few seconds, in the new version as in
 * the old one with its old data. True when nothing is open any more.
 */
export async function settleUpdate({ control, helper, clock }: SettleParts): Promise<boolean> {
  const pending = pendingUpdate(control.facts);
  if (pending === undefined) return true;
  const { update, from, to, askedAt } = pending;
  const answer = await helper.answer(update);
  if (answer === undefined && clock() - askedAt < GIVE_UP_MS) return false;
  if (answer?.outcome === 'ok') control.alerts.raise({ code: 'update-done', severity: 'info', facts: { from, to } });
  else {
    const why = answer?.facts.reason ?? 'no-answer';
    control.alerts.raise({ code: 'update-returned', severity: 'warning', facts: { from, to, why } });
  }
  forgetUpdate(control.facts);
  return true;
}
