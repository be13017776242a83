import type { AlertLog } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import type { People } from '../core/people.ts';
import { serverOf } from '../core/person-id.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import type { Inbox } from './matrix/inbox.ts';

interface InviteParts {
  readonly own: string;
  readonly homeserver: Homeserver;
  readonly inbox: Inbox;
  readonly people: People;
  readonly alerts: AlertLog;
  readonly clock: Clock;
}

/**
 * Answers stored invites: joins those of known people of our own server, refuses all others without looking at anything
 * they sent. An invite whose answer got lost is answered again; both answers can be repeated. Returns false when some
 * invite has to wait for the server.
 */
export async function answerInvites(parts: InviteParts): Promise<boolean> {
  let complete = true;
  for (const { room, inviter } of parts.inbox.invites.all()) {
    try {
      await answer(parts, room, inviter);
      parts.inbox.invites.finish(room);
    } catch (error) {
      if (!(error instanceof HomeserverError)) throw error;
      if (error.transient) complete = false;
      else parts.inbox.invites.finish(room);
    }
  }
  return complete;
}

async function answer(parts: InviteParts, room: string, inviter: string): Promise<void> {
  if (parts.people.find(inviter) && serverOf(inviter) === serverOf(parts.own)) {
    await parts.homeserver.join(room);
    return;
  }
  await parts.homeserver.leave(room);
  // One alert a day, however often somebody knocks: the ops room must not be flooded from outside.
  const day = new Date(parts.clock()).toISOString().slice(0, 10);
  parts.alerts.raise({ code: 'stranger-invite', severity: 'info', key: `stranger-invite ${day}`, facts: { count: 1 } });
}
