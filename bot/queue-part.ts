import { type Outbox, transactionFor } from './matrix/outbox.ts';
import type { Task } from './task.ts';

/**
 * Queues one message more about a task (a file, a picture), beside the words of its answer. `part` names it: queued again after a kill, it
 * is the same message. Used by exports and by answers of commands.
 */
export function queuePart(
  outbox: Pick<Outbox, 'add'>,
  { opened: { event, room }, audience }: Task,
  { part, content }: { readonly part: string; readonly content: Readonly<Record<string, unknown>> },
): void {
  outbox.add({
    transaction: transactionFor(event.event_id, part),
    room,
    audience,
    type: 'm.room.message',
    content,
    source: event.event_id,
  });
}
