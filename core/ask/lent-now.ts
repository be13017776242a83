import type { Caller, TenantId } from '../caller.ts';
import { isDamageOf } from '../damaged-store.ts';
import type { Answer } from '../question.ts';
import type { AskParts } from './ask-parts.ts';
import { sourcesOf } from './forgotten-meanwhile.ts';
import { isLent, type LentStore, lentPlace } from './pooled-reader.ts';

/**
 * What is lent to a caller while one question is answered: asked anew each time, because a share may end at any moment, and
 * without those whose files turned out to be damaged. Made by answerQuestion.
 */
export class LentNow {
  readonly #caller: Caller;
  readonly #lent: AskParts['lent'];
  readonly #damaged = new Set<TenantId>();

  constructor(caller: Caller, { lent }: Pick<AskParts, 'lent'>) {
    this.#caller = caller;
    this.#lent = lent;
  }

  stores(): readonly LentStore[] {
    const all = this.#lent?.(this.#caller) ?? [];
    return all.filter(({ caller }) => !this.#damaged.has(caller.tenant));
  }

  /** True when one of these has ended. */
  hasEnded(stores: readonly LentStore[]): boolean {
    return stores.length > 0 && stores.some((store) => !this.#isStill(store));
  }

  /** True when the answer names something of a store that is not lent any more; `stores` are those that it was made from. */
  restsOnEnded(answer: Answer, stores: readonly LentStore[]): boolean {
    const lent = sourcesOf(answer).filter(({ passage }) => isLent(passage.id));
    return lent.some(({ passage }) => !this.#isStill(stores[lentPlace(passage.id)]!));
  }

  /** Leaves out the store that an error tells to be damaged. False when it was none of these. */
  leaveOut(thrown: unknown, stores: readonly LentStore[]): boolean {
    const damaged = stores.find(({ caller }) => isDamageOf(thrown, caller.tenant));
    if (damaged) this.#damaged.add(damaged.caller.tenant);
    return damaged !== undefined;
  }

  #isStill({ caller }: LentStore): boolean {
    return this.stores().some((store) => store.caller.tenant === caller.tenant);
  }
}
