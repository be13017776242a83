import { randomUUID } from 'node:crypto';
import type { Caller } from '../../core/caller.ts';
import type { Clock } from '../../core/clock.ts';
import type { KeepOutcome } from './keep-upload.ts';

/** What is remembered of an upload: for its person alone, until a while after it ended. */
export interface Upload {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  done: number;
  total: number;
  endedAt: number | undefined;
  outcome: Extract<KeepOutcome, { kind: 'kept' }> | undefined;
  failure: unknown;
}

const REMEMBERED_MS = 3_600_000;
const MOST_OF_ONE = 200;

/** Uploads under way and those that just ended, in memory: a restart forgets them, and sending the same file again tells the same. */
export class ApiUploads {
  readonly #clock: Clock;
  readonly #all = new Map<string, Upload>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin({ person }: Caller, name: string): Upload {
    this.#clear(person);
    const upload: Upload = {
      ...{ id: randomUUID(), person, name, done: 0, total: 0 },
      ...{ endedAt: undefined, outcome: undefined, failure: undefined },
    };
    this.#all.set(upload.id, upload);
    return upload;
  }

  end(upload: Upload, how: Pick<Upload, 'outcome'> | Pick<Upload, 'failure'>): void {
    Object.assign(upload, how, { endedAt: this.#clock() });
  }

  /** undefined when there is none of this name, or it is somebody else's. */
  find({ person }: Caller, id: string): Upload | undefined {
    const upload = this.#all.get(id);
    return upload?.person === person ? upload : undefined;
  }

  /** How many of a person are not at their end. */
  openOf(person: string): number {
    return [...this.#all.values()].filter((one) => one.person === person && one.endedAt === undefined).length;
  }

  /** Forgets a person's uploads, with the names of their files. */
  forget(person: string): void {
    for (const [id, one] of this.#all) if (one.person === person) this.#all.delete(id);
  }

  #clear(person: string): void {
    const over = this.#clock() - REMEMBERED_MS;
    for (const [id, one] of this.#all) if (one.endedAt !== undefined && one.endedAt < over) this.#all.delete(id);
    const ended = [...this.#all.values()].filter((one) => one.person === person && one.endedAt !== undefined);
    for (const one of ended.slice(0, Math.max(0, ended.length - MOST_OF_ONE))) this.#all.delete(one.id);
  }
}
