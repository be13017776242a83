/** A text without blanks to fill. */
export type NoFacts = Readonly<Record<never, never>>;

/** One language's entries for an area of the catalogue: every key must be there, and each entry sees only its own facts. */
export type Entries<Area> = { readonly [Key in keyof Area]: (facts: Area[Key]) => string };

/** The blanks of an error or alert, by name: what kind of value fills them. */
export type Shape = Readonly<Record<string, 'number' | 'text'>>;

/** The facts that a shape asks for. */
export type FactsOf<S extends Shape> = { readonly [Name in keyof S]: S[Name] extends 'number' ? number : string };

/**
 * Errors and alerts arrive with facts that no compiler has seen (they were thrown far away, or read from the control
 * store). Returns them when every blank of the shape can be filled, undefined otherwise.
 */
export function checkedFacts<S extends Shape>(
  shape: S,
  facts: Readonly<Record<string, unknown>>,
): FactsOf<S> | undefined {
  const fits = Object.entries(shape).every(
    ([name, kind]) => typeof facts[name] === (kind === 'number' ? 'number' : 'string'),
  );
  return fits ? (facts as FactsOf<S>) : undefined;
}
