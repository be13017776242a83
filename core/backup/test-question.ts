import { z } from 'zod';
import { type Findings, findPassages } from '../ask/find-passages.ts';
import type { TokenVectors } from '../ask/token-vectors.ts';
import type { Control } from '../control.ts';
import { isDamaged } from '../damaged-store.ts';
import type { TenantReader, Vault } from '../tenant.ts';

/** The setting of a tenant's file that holds its test question. It goes whenever words are removed from the file. */
export const TEST_QUESTION = 'test-question';

/** Where the passage has to stand among what was found. */
const FIRST = 5;
/** Documents that are tried before a tenant is left without a question. */
const TRIES = 8;
const FEWEST_WORDS = 4;
const MOST_WORDS = 12;

const shape = z.object({ question: z.string(), passage: z.int() });

/** What finding works with; built-in signals alone, so that no model has to be there. */
export interface Searching {
  readonly vectors: TokenVectors;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Sees to it that every tenant with documents has a question whose answer is known: words of one of its passages, kept in its own
 * sealed file beside the id of that passage. A restored copy has to find it (`answersTestQuestion`). Called before each backup. Returns how many tenants
 * have one. A damaged file is passed over: the backup itself tells of it.
 */
export function keepTestQuestions(
  { vault, control }: { readonly vault: Vault; readonly control: Pick<Control, 'people'> },
  searching: Searching,
): number {
  let kept = 0;
  for (const { tenant } of control.people.tenants()) {
    const caller = control.people.systemCaller(tenant);
    try {
      const made = vault.read(caller, (reader) =>
        answersTestQuestion(reader, searching) === 'yes' ? 'kept' : makeQuestion(reader, searching),
      );
      if (made === undefined) continue;
      kept++;
      if (made !== 'kept') vault.write(caller, (writer) => writer.setSetting(TEST_QUESTION, JSON.stringify(made)));
    } catch (thrown) {
      if (!isDamaged(thrown)) throw thrown;
    }
  }
  return kept;
}

/** Whether a tenant's own test question finds its passage; `none` when it has no question. */
export function answersTestQuestion(reader: TenantReader, searching: Searching): 'yes' | 'no' | 'none' {
  const stored = reader.setting(TEST_QUESTION);
  if (stored === undefined) return 'none';
  const { question, passage } = shape.parse(JSON.parse(stored));
  return finds(reader, { question, passage }, searching) ? 'yes' : 'no';
}

/** A tenant's own test question and what is found for it, for who measures a model with it; undefined when it has none that finds its passage. */
export function findingsOfTestQuestion(
  reader: TenantReader,
  searching: Searching,
): { readonly question: string; readonly found: Findings['found'] } | undefined {
  const stored = reader.setting(TEST_QUESTION);
  if (stored === undefined) return undefined;
  const { question, passage } = shape.parse(JSON.parse(stored));
  const { found } = findPassages(reader, question, searching);
  return isAmongFirst(found, passage) ? { question, found } : undefined;
}

function makeQuestion(reader: TenantReader, searching: Searching): z.infer<typeof shape> | undefined {
  const documents = reader.documents().map(({ number }) => number);
  // The middle first: a question that the newest paper answers would go with it soonest.
  const middle = documents[documents.length >> 1] ?? 0;
  const tried = documents.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle)).slice(0, TRIES);
  for (const passage of tried.flatMap((number) => reader.passagesOf(number).slice(0, 2))) {
    const words = passage.text.match(/[\p{L}\p{N}]{3,}/gu) ?? [];
    const question = words.slice(0, MOST_WORDS).join(' ');
    const made = { question, passage: passage.id };
    if (words.length >= FEWEST_WORDS && finds(reader, made, searching)) return made;
  }
  return undefined;
}

function finds(reader: TenantReader, { question, passage }: z.infer<typeof shape>, searching: Searching): boolean {
  return isAmongFirst(findPassages(reader, question, searching).found, passage);
}

function isAmongFirst(found: Findings['found'], passage: number): boolean {
  return found.slice(0, FIRST).some((one) => one.passage.id === passage);
}
