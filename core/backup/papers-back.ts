import { z } from 'zod';
import type { PersonId } from '../caller.ts';
import type { Facts } from '../control.ts';

const shape = z.object({
  /** When the backup was made, and when the papers came back: milliseconds since 1970. */
  madeAt: z.number(),
  at: z.number(),
  papers: z.number(),
  /** Also what the person had forgotten since. */
  alsoForgotten: z.boolean(),
});

/** The return of a person's papers out of a backup. */
export type PapersBack = z.infer<typeof shape>;

/** The fact of control.db that papers of somebody came back, until they were told. Set by `kinkeeper restore --person`; goes with them when they are erased. */
export function papersBackFact(person: string): string {
  return `papers-back ${person}`;
}

/** undefined when there is nothing to tell this person. */
export function readPapersBack(facts: Pick<Facts, 'get'>, person: PersonId): PapersBack | undefined {
  const value = facts.get(papersBackFact(person));
  return value === undefined ? undefined : shape.parse(JSON.parse(value));
}

/** Of several returns before the bot starts the person is told at once. */
export function notePapersBack(facts: Pick<Facts, 'get' | 'set'>, person: PersonId, back: PapersBack): void {
  const { papers = 0, alsoForgotten = false } = readPapersBack(facts, person) ?? {};
  const both = { ...back, papers: papers + back.papers, alsoForgotten: alsoForgotten || back.alsoForgotten };
  facts.set(papersBackFact(person), JSON.stringify(both));
}

/** The person was told. */
export function settlePapersBack(facts: Pick<Facts, 'delete'>, person: PersonId): void {
  facts.delete(papersBackFact(person));
}
