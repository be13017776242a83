import { z } from 'zod';
import type { Caller, PersonId } from '../caller.ts';
import type { Facts, OpenState } from '../control.ts';

/** A return that has begun: how many papers there were before it, since a kill may end it right after the papers are in. */
const coming = z.object({ madeAt: z.number(), at: z.number(), alsoForgotten: z.boolean(), before: z.number() });

const shape = z.object({
  /** When the backup was made, and when the papers came back: milliseconds since 1970. */
  madeAt: z.number(),
  at: z.number(),
  /** 0 while nothing came yet. */
  papers: z.number(),
  /** Also what the person had forgotten since. */
  alsoForgotten: z.boolean(),
  coming: coming.optional(),
});

const NOTHING: z.infer<typeof shape> = { madeAt: 0, at: 0, papers: 0, alsoForgotten: false };

/** The return of a person's papers out of a backup. */
export type PapersBack = Omit<z.infer<typeof shape>, 'coming'>;

/** The fact of control.db that papers of somebody came back, until they were told. Set by `kinkeeper restore --person`; goes with them when they are erased. */
export function papersBackFact(person: string): string {
  return `papers-back ${person}`;
}

/** undefined when there is nothing to tell this person. */
export function readPapersBack(facts: Pick<Facts, 'get'>, person: PersonId): PapersBack | undefined {
  const { coming: _, ...back } = read(facts, person) ?? NOTHING;
  return back.papers > 0 ? back : undefined;
}

/** Before papers are brought in: whatever ends that, `settleComing` finds what came. */
export function notePapersComing(
  { control: { facts }, vault }: Household,
  caller: Caller,
  about: Omit<PapersBack, 'papers'>,
): void {
  const before = read(facts, caller.person) ?? { ...about, papers: 0 };
  const noted = { ...before, coming: { ...about, before: countPapers(vault, caller) } };
  facts.set(papersBackFact(caller.person), JSON.stringify(noted));
}

/**
 * After papers were brought in, or where that was cut off: those that came stand in the audit trail, and the person is to be told, of several
 * returns before the bot starts at once. Nothing else may have brought papers meanwhile: the bot is stopped. Does nothing where no return was begun.
 */
export function settleComing({ control: { facts, audit }, vault }: Household, caller: Caller): void {
  const { coming: begun, ...told } = read(facts, caller.person) ?? NOTHING;
  if (begun === undefined) return;
  const { before, ...about } = begun;
  const papers = countPapers(vault, caller) - before;
  const key = papersBackFact(caller.person);
  if (papers > 0) {
    const { at } = about;
    audit.append({ at, actor: 'shell', action: 'data.restored', target: caller.tenant, outcome: 'done' });
    const alsoForgotten = about.alsoForgotten || (told.papers > 0 && told.alsoForgotten);
    facts.set(key, JSON.stringify({ ...about, alsoForgotten, papers: told.papers + papers }));
  } else if (told.papers > 0) facts.set(key, JSON.stringify(told));
  else facts.delete(key);
}

/** The person was told. */
export function settlePapersBack(facts: Pick<Facts, 'delete'>, person: PersonId): void {
  facts.delete(papersBackFact(person));
}

type Household = Pick<OpenState, 'control' | 'vault'>;

function read(facts: Pick<Facts, 'get'>, person: PersonId): z.infer<typeof shape> | undefined {
  const value = facts.get(papersBackFact(person));
  return value === undefined ? undefined : shape.parse(JSON.parse(value));
}

function countPapers(vault: OpenState['vault'], caller: Caller): number {
  return vault.read(caller, (reader) => reader.documents().length + reader.replacedDocuments().length);
}
