import type { TenantId } from '../caller.ts';
import { isDamaged } from '../damaged-store.ts';
import type { Ending } from '../erase/tombstone-file.ts';
import { AppError } from '../errors.ts';
import type { People } from '../people.ts';
import { step } from '../step.ts';
import type { TenantReader, Vault } from '../tenant.ts';
import type { TombstoneStore } from './tombstone-store.ts';

/** What `applyEndings` works on; `tell` is told first how much comes to its end again. */
export interface EndingParts {
  readonly tombstones: TombstoneStore;
  readonly vault: Vault;
  readonly people: Pick<People, 'systemCaller'>;
  readonly tenants: () => readonly TenantId[];
  readonly closeShare: (shelf: TenantId) => void;
  readonly tell: (again: { readonly papers: number; readonly shares: number }) => void;
}

/**
 * Ends again what ended after a restored folder was copied: shares, and papers that were forgotten, with what was asked about
 * them. Called by `openState` before anybody can be served. A file that nobody can open now keeps its endings for a later
 * start; a kill at any line leaves the rest to the next.
 */
export function applyEndings(parts: EndingParts): void {
  const { tombstones, tell, closeShare } = parts;
  const pending = tombstones.pending();
  if (pending.length === 0) return;
  const marks = new Map(parts.tenants().map((tenant) => [tombstones.markOf(tenant), tenant]));
  const isOf = (one: Ending, kind: Ending['kind']) => one.kind === kind && marks.has(one.tenant);
  const shelves = pending.filter((one) => isOf(one, 'share')).map((one) => marks.get(one.tenant)!);
  const papers = Map.groupBy(
    pending.filter((one) => isOf(one, 'paper')),
    (one) => marks.get(one.tenant)!,
  );
  const numbers = new Map([...papers].map(([tenant, ended]) => [tenant, back(parts, tenant, ended)]));
  const found = [...numbers.values()].reduce((sum, one) => sum + (one?.length ?? 0), 0);
  if (found + shelves.length > 0) tell({ papers: found, shares: shelves.length });
  for (const shelf of shelves) closeShare(shelf);
  for (const [tenant, again] of numbers) if (again && again.length > 0) forget(parts, tenant, again);
  step('ended-again');
  tombstones.settle(pending.filter((one) => numbers.get(marks.get(one.tenant)!) !== undefined || !isOf(one, 'paper')));
}

/** Numbers of the papers that came back, earlier versions first; undefined when the file cannot be opened now. */
function back({ vault, people, tombstones }: EndingParts, tenant: TenantId, ended: readonly Ending[]) {
  const sources = new Set(ended.map(({ source }) => source));
  const isBack = (reader: TenantReader, number: number) =>
    reader.sourcesOf(number).some(({ source }) => sources.has(tombstones.sourceMark(tenant, source)));
  try {
    return vault.read(people.systemCaller(tenant), (reader) =>
      [...reader.replacedDocuments(), ...reader.documents()]
        .map(({ number }) => number)
        .filter((number) => isBack(reader, number)),
    );
  } catch (thrown) {
    // Also of somebody who is frozen: they may be let in again.
    if (isDamaged(thrown) || (thrown instanceof AppError && thrown.reason === 'tenant-gone')) return undefined;
    throw thrown;
  }
}

function forget({ vault, people }: EndingParts, tenant: TenantId, numbers: readonly number[]): void {
  vault.write(people.systemCaller(tenant), (writer) => {
    for (const number of numbers) writer.forgetDocument(number);
    // Answers may quote them.
    writer.forgetTurns();
    if (writer.documents().length === 0) writer.forgetBadAnswers();
  });
}
