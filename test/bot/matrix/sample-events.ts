import type { JoinedRoomSync, MatrixEvent, SyncAnswer } from '../../../bot/matrix/events.ts';

export const BOT = '@kin:home.test';
export const ADA = '@ada:home.test';
export const ROOM = '!chat';

/** A plain message event. */
export function text(id: string, changes: Partial<MatrixEvent> = {}): MatrixEvent {
  const content = { msgtype: 'm.text', body: id };
  return { event_id: id, type: 'm.room.message', sender: ADA, origin_server_ts: 1000, content, ...changes };
}

/** A membership event. */
export function member(user: string, membership: string, changes: Partial<MatrixEvent> = {}): MatrixEvent {
  const content = { membership };
  return {
    event_id: `$${membership} ${user}`,
    type: 'm.room.member',
    sender: user,
    state_key: user,
    origin_server_ts: 500,
    content,
    ...changes,
  };
}

/** A sync answer with these joined rooms. */
export function answer(
  next: string,
  join: Record<string, JoinedRoomSync>,
  changes: Partial<SyncAnswer> = {},
): SyncAnswer {
  return { next_batch: next, rooms: { join }, ...changes };
}

/** A joined room's part of an answer with these timeline events. */
export function timeline(
  events: readonly MatrixEvent[],
  changes: NonNullable<JoinedRoomSync['timeline']> = {},
): JoinedRoomSync {
  return { timeline: { events, limited: false, ...changes } };
}
