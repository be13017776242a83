import { randomUUID } from 'node:crypto';
import type { Caller } from '../../core/caller.ts';
import type { ExportPlan } from '../../core/export/plan-export.ts';

/** One of them: `id` and `madeAt` are the same in all of its parts. */
export interface PlannedExport {
  readonly id: string;
  readonly person: string;
  readonly tenant: string;
  readonly madeAt: number;
  readonly plan: ExportPlan;
}

const REMEMBERED_MS = 3_600_000;
const MOST = 100;

/** Which piece goes into which part of the exports that people fetch now: numbers alone, in memory, for an hour. */
export class PlannedExports {
  readonly #all = new Map<string, PlannedExport>();

  begin({ person, tenant }: Caller, plan: ExportPlan, now: number): PlannedExport {
    for (const [id, one] of this.#all) if (this.#all.size >= MOST || isOver(one, now)) this.#all.delete(id);
    const begun = { id: randomUUID().replaceAll('-', ''), person, tenant, madeAt: now, plan };
    this.#all.set(begun.id, begun);
    return begun;
  }

  /** undefined when there is none of this name, or it is somebody else's. */
  find({ person, tenant }: Caller, id: string, now: number): PlannedExport | undefined {
    const found = this.#all.get(id);
    return found && found.person === person && found.tenant === tenant && !isOver(found, now) ? found : undefined;
  }
}

function isOver({ madeAt }: PlannedExport, now: number): boolean {
  return madeAt < now - REMEMBERED_MS;
}
