import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { writeDurably } from '../../core/keys/durable-write.ts';
import { ACTS, type ActName, type PlannedAct } from './plan/plan.ts';

const account = z.object({ user: z.string(), password: z.string() });

/** What is remembered between two runs; a file of root, because accounts of set-up stand in it while they live. */
const RECORD = z.object({
  version: z.literal(1),
  done: z.partialRecord(z.enum(ACTS), z.string()),
  /** What can never be changed; runs of before did not note it. */
  household: z.object({ kind: z.string(), serverName: z.string(), bot: z.string() }).optional(),
  /**
   * The household that lay there before set-up made any account: the full address of its bot, and whether it had an account that makes accounts.
   * Their passwords may be those of another machine.
   */
  before: z.object({ bot: z.string(), makesAccounts: z.boolean() }).optional(),
  /** Bot and ops were started once, or were about to be: ports that are taken may be their own. */
  started: z.boolean(),
  /** A run came to its end, and said what an admin does first; runs of before did not note it. */
  finished: z.boolean().optional(),
  /** The account that set-up speaks to Synapse's admin API by; it ends with set-up. */
  helper: account.extend({ token: z.string().optional() }).optional(),
  /** Accounts that played a person; those that are still to be ended. */
  guests: z.array(account),
  /** One-time passwords of accounts whose card was not shown yet, by their user ids. */
  cards: z.record(z.string(), z.string()),
});
export type Record = z.infer<typeof RECORD>;
/** Set-up's own account; `token`: once it was logged in. */
export type Helper = NonNullable<Record['helper']>;

/** Where set-up stands, in a file: each change is on the disk before it returns, so that a kill costs nothing but the step under way. */
export class Progress {
  readonly #file: string;
  #record: Record;

  constructor(file: string) {
    this.#file = file;
    this.#record = read(file);
  }

  get now(): Record {
    return this.#record;
  }

  /** Some run came to its end before. */
  get wasFinished(): boolean {
    return this.#record.finished ?? this.#record.done['first-message'] !== undefined;
  }

  isDone({ act, key }: PlannedAct): boolean {
    return this.#record.done[act] === key;
  }

  markDone({ act, key }: PlannedAct): void {
    this.change({ done: { ...this.#record.done, [act]: key } });
  }

  /** Takes acts out of what is done: they are done again. */
  undo(acts: readonly ActName[]): void {
    const done = Object.fromEntries(
      Object.entries(this.#record.done).filter(([act]) => !acts.includes(act as ActName)),
    );
    this.change({ done });
  }

  change(change: Partial<Omit<Record, 'version'>>): void {
    this.#record = { ...this.#record, ...change };
    writeDurably(this.#file, `${JSON.stringify(this.#record, null, 1)}\n`, { exclusive: false, shred: true });
  }

  /** Forgets the account of set-up, once it is ended. */
  forgetHelper(): void {
    const { helper: _ended, ...rest } = this.#record;
    this.#record = rest;
    this.change({});
  }
}

function read(file: string): Record {
  if (!existsSync(file)) return { version: 1, done: {}, started: false, finished: false, guests: [], cards: {} };
  try {
    return RECORD.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new AppError('invalid', `${file} is damaged`, {
      hint: `Move it away and run set-up again: it finds out anew what is there, and makes nothing twice.`,
      cause,
    });
  }
}
