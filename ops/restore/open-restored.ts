import { copyFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { noteRestored, readRestored } from '../../core/backup/restored.ts';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { writeDurably } from '../../core/keys/durable-write.ts';
import { apiKeyMark, livingApiKeys } from '../../core/living-api-keys.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import type { ErasedCopies } from './erased-copies.ts';
import type { ProvenHousehold } from './prove-household.ts';
import { type RestoredFrom, squareBackups } from './square-backups.ts';
import { type TakenCopies, takeErasedCopies } from './take-erased-copies.ts';

const TOMBSTONES = 'tombstones';
/** The alert of a list that is not whole (core/sqlite/open-state.ts). */
const LIST_DAMAGED = 'tombstones-damaged';

interface Opening extends Omit<RestoredFrom, 'now'> {
  /** Where the restored state folder is put together. */
  readonly folder: string;
  readonly household: ProvenHousehold;
  readonly clock: Clock;
  /** A list of what was erased and forgotten that is newer than the backup's own. */
  readonly tombstones?: string | undefined;
  /** Where newer ones may lie, sealed. */
  readonly copies: ErasedCopies;
  readonly signal: AbortSignal;
}

/** What became of the stores. */
export interface OpenedStores {
  readonly people: number;
  readonly stores: number;
  readonly documents: number;
  readonly erasedAgain: number;
  readonly forgottenAgain: number;
  /** When the newest list of what was erased was written, as far as is known. */
  readonly erasuresUntil: number;
  /** What the place that the backup comes from had of newer lists. */
  readonly lists: TakenCopies;
}

/**
 * Opens the restored stores with the household's passphrase; reads every page
 * of every store; erases and forgets again what its own list and newer ones name; squares the records of backups with what is
 * there; and leaves the note by which the bot tells everybody. Safe to repeat. Throws AppError as `openState`, `invalid` (reason `backup-damaged`, `tombstones-other`).
 */
export async function openRestored(opening: Opening): Promise<OpenedStores> {
  const { folder, clock, tombstones, copies, signal } = opening;
  const { madeAt } = opening.verified.head;
  const { passphrase, settle } = opening.household;
  await settle(join(folder, 'keys.json'));
  const open = () => openState({ stateDir: folder, passphrase, create: false, clock });
  const before = await lookedThrough(open);
  if (tombstones !== undefined) await withNewer(folder, tombstones, open);
  const lists = await withCopies(open, ({ erasing }) => takeErasedCopies(copies, { erasing, madeAt, signal }));
  using state = await open();
  const { control } = state;
  squareBackups(state, { ...opening, now: clock() });
  // A restore that was cut off here is repeated, and the keys have ended by then.
  const endedKeys = new Set(readRestored(control.facts)?.endedKeys);
  for (const { caller, keys } of livingApiKeys(control)) for (const key of keys) endedKeys.add(apiKeyMark(caller, key));
  noteRestored(control.facts, { madeAt, restoredAt: clock(), endedKeys: [...endedKeys] });
  // What was revoked since would come back with the backup.
  control.apiKeys.endAll();
  control.audit.append({ at: clock(), actor: 'shell', action: 'backup.restored', target: '-', outcome: 'done' });
  const after = countsOf(state);
  return {
    ...after,
    erasedAgain: Math.max(0, before.people - after.people),
    forgottenAgain: Math.max(0, before.documents - after.documents),
    erasuresUntil: Math.max(
      ...[madeAt, ...lists.used.map((one) => one.madeAt)],
      tombstones === undefined ? madeAt : statSync(tombstones).mtimeMs,
    ),
    lists,
  };
}

/** Puts the newer list in the place of the backup's own, which control.db knows by heart; one that is not whole or another household's changes nothing. */
async function withNewer(folder: string, newer: string, open: () => Promise<OpenState>): Promise<void> {
  const own = join(folder, TOMBSTONES);
  const kept = existsSync(own) ? readFileSync(own, 'latin1') : undefined;
  if (!existsSync(newer)) throw otherTombstones(newer);
  copyFileSync(newer, own);
  using state = await open();
  if (!state.control.alerts.clear(LIST_DAMAGED)) return;
  if (kept !== undefined) writeDurably(own, kept, { exclusive: false });
  throw otherTombstones(newer);
}

/** Takes newer lists into what is open, and closes it: they take effect when it is opened anew. */
async function withCopies(
  open: () => Promise<OpenState>,
  take: (state: OpenState) => Promise<TakenCopies>,
): Promise<TakenCopies> {
  using state = await open();
  return await take(state);
}

/** Counts what is there, once every page of every store was read. */
async function lookedThrough(open: () => Promise<OpenState>) {
  using state = await open();
  const damaged = await state.damaged();
  if (damaged.length > 0) throw storesDamaged(damaged.length);
  // Of the backup's own list: whether the newer one is whole has to show by itself.
  state.control.alerts.clear(LIST_DAMAGED);
  return countsOf(state);
}

function countsOf({ control: { people }, vault }: OpenState) {
  const tenants = people.tenants();
  const documents = tenants.reduce(
    (sum, { tenant }) => sum + vault.read(people.systemCaller(tenant), (reader) => reader.documents().length),
    0,
  );
  return { people: people.list().length, stores: tenants.length, documents };
}

function otherTombstones(path: string): AppError {
  return new AppError('invalid', `${path} is no whole list of what was erased in this household`, {
    reason: 'tombstones-other',
    hint: 'Give the file `tombstones` of the newest state folder or backup there is, or leave --tombstones out. Nothing was changed by it.',
  });
}

function storesDamaged(count: number): AppError {
  return new AppError('invalid', `${count} of the stores in this backup cannot be read`, {
    reason: 'backup-damaged',
    hint: 'They were damaged before the backup was made. Use an earlier generation.',
    facts: { count },
  });
}
