import type { MatrixEvent } from './matrix/events.ts';

/**
 * Type of the event by which the bot hands somebody who was removed their export, as if they had asked for it. It lies in the
 * inbox like any other, so that a restart goes on with it; one that a server sends does no more than `!export` there.
 */
export const TAKE_ALONG = 'kin.take-along';

/** That event, for an erasure's reference: a repeat of the same is one. */
export function takeAlongEvent(person: string, reference: string, at: number): MatrixEvent {
  const event_id = `kin-take-along-${reference}`;
  return { event_id, type: TAKE_ALONG, sender: person, content: {}, origin_server_ts: at };
}
