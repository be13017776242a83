import type { Caller, TenantId } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import { errorCode } from '../core/errors.ts';
import type { Vault } from '../core/tenant.ts';
import type { FileParts } from './handle-file.ts';
import { editContent } from './matrix/message-content.ts';
import { type Outbox, transactionFor } from './matrix/outbox.ts';
import type { Task } from './task.ts';
import { say } from './wording/say.ts';

/** Who was just told that a document is kept needs no second notice; embedding has to take longer than this. */
const NOTICE_MS = 20_000;
const MOST_GROWING = 500;

interface DeepNoticeParts {
  readonly files: Pick<FileParts, 'vault' | 'onStored'>;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly wake: () => void;
}

/** What was said about a document whose dense vectors follow. */
interface Growing {
  readonly task: Task;
  readonly text: string;
  readonly since: number;
}

/**
 * Tells once that a document has all its dense vectors, in the message that it was kept with, when that took long. In
 * memory: after a restart nothing is told, and `!show` knows.
 */
export class DeepNotices {
  readonly #parts: DeepNoticeParts;
  readonly #growing = new Map<string, Growing>();

  constructor(parts: DeepNoticeParts) {
    this.#parts = parts;
  }

  /** A document was kept and announced with this text; nothing to expect where there is no embedder. */
  expect(task: Task, number: number, text: string): void {
    if (this.#parts.files.onStored === undefined) return;
    if (this.#growing.size >= MOST_GROWING) this.#growing.clear();
    this.#growing.set(`${task.caller.tenant} ${number}`, { task, text, since: this.#parts.clock() });
  }

  /** The last passage of a document got its vector. */
  tell(tenant: TenantId, number: number): void {
    const { files, outbox, clock, wake } = this.#parts;
    const key = `${tenant} ${number}`;
    const growing = this.#growing.get(key);
    this.#growing.delete(key);
    if (!growing || clock() - growing.since < NOTICE_MS) return;
    const { caller, opened, audience } = growing.task;
    if (!isThere(files.vault, caller, number)) return;
    const { event, room } = opened;
    outbox.add({
      transaction: transactionFor(event.event_id, 'deep'),
      room,
      audience,
      type: 'm.room.message',
      content: editContent(`${growing.text}\n\n${say(caller.language, 'kept.deep')}`, 'm.text'),
      editOf: transactionFor(event.event_id, 'answer'),
      source: event.event_id,
    });
    wake();
  }
}

/** Whoever sent it may have left the room, or may be no member of the household any more. */
function isThere(vault: Vault, caller: Caller, number: number): boolean {
  try {
    return vault.read(caller, (reader) => reader.document(number) !== undefined);
  } catch (thrown) {
    if (errorCode(thrown) !== 'not-found') throw thrown;
    return false;
  }
}
