import { type Document, isMap, parseDocument, type ToStringOptions } from 'yaml';
import { AppError } from '../../../core/errors.ts';

type Section = Readonly<Record<string, unknown>>;
type Leaf = { readonly path: readonly string[]; readonly value: unknown };
type Person = { readonly id: string };

/** How set-up words YAML; every string is quoted, so that none is read as something else. */
export const YAML_STYLE: ToStringOptions = {
  lineWidth: 0,
  defaultStringType: 'QUOTE_DOUBLE',
  defaultKeyType: 'PLAIN',
};

/** Sections whose keys depend on their kind: of another kind nothing is kept. */
const BY_KIND = ['embedding', 'answering', 'store'];

/** What set-up knows of its own lines. */
export interface OwnSettings {
  readonly planned: Section & { readonly people: readonly Person[] };
  /** What it may have written before: taken out where it is not planned any more and still stands there as it was written. */
  readonly withdrawn: Section;
  /** Ids of people whom it entered before. */
  readonly knownPeople: readonly string[];
}

/**
 * Settings with set-up's own values in them; everything else, comments too, stays as a person wrote it. undefined: nothing stands
 * there yet. A file with nothing to change comes back to the letter. Throws AppError `invalid` where it cannot be read: what others
 * wrote there would be lost.
 */
export function keepOthers(now: string, { planned, withdrawn, knownPeople }: OwnSettings): string | undefined {
  const document = parseDocument(now);
  if (document.errors.length === 0 && document.contents === null) return undefined;
  if (document.errors.length > 0 || !isMap(document.contents))
    throw new AppError('invalid', 'kinkeeper.yaml, as it stands now, is no valid settings file', {
      hint: `${document.errors[0]?.message.split('\n')[0] ?? 'Expected keys and values.'} Correct it, or move it away, and run set-up again.`,
    });
  const before = JSON.stringify(document.toJS());
  const { people, ...sections } = planned;
  for (const name of BY_KIND) forgetOtherKind(document, name, sections[name]);
  const leaves = leavesOf(sections);
  for (const { path, value } of leaves) setLeaf(document, path, value);
  const isPlanned = (path: readonly string[]) => leaves.some((leaf) => leaf.path.join('.') === path.join('.'));
  for (const { path, value } of leavesOf(withdrawn)) if (!isPlanned(path)) takeOut(document, path, value);
  enterPeople(document, people, knownPeople);
  return JSON.stringify(document.toJS()) === before ? now : document.toString(YAML_STYLE);
}

function leavesOf(section: Section, above: readonly string[] = []): Leaf[] {
  return Object.entries(section).flatMap(([name, value]): Leaf[] => {
    const path = [...above, name];
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isSection ? leavesOf(value as Section, path) : [{ path, value }];
  });
}

function forgetOtherKind(document: Document, name: string, planned: unknown): void {
  const { kind } = (planned ?? {}) as { kind?: unknown };
  if (kind !== undefined && document.hasIn([name, 'kind']) && document.getIn([name, 'kind']) !== kind)
    document.set(name, document.createNode({}));
}

function setLeaf(document: Document, path: readonly string[], value: unknown): void {
  for (let depth = 1; depth < path.length; depth++) {
    const section = path.slice(0, depth);
    if (!isMap(document.getIn(section))) document.setIn(section, document.createNode({}));
  }
  if (isSame(document, path, value)) return;
  document.setIn(path, Array.isArray(value) ? document.createNode(value) : value);
}

function takeOut(document: Document, path: readonly string[], value: unknown): void {
  if (!isSame(document, path, value)) return;
  document.deleteIn(path);
  const section = document.getIn(path.slice(0, -1));
  if (path.length > 1 && isMap(section) && section.items.length === 0) document.deleteIn(path.slice(0, -1));
}

function isSame(document: Document, path: readonly string[], value: unknown): boolean {
  return JSON.stringify(plainAt(document, path)) === JSON.stringify(value);
}

function plainAt(document: Document, path: readonly string[]): unknown {
  return path.reduce((at: unknown, name) => (at as Section | null | undefined)?.[name], document.toJS());
}

/** People whom somebody else entered stay; of set-up's own those that the answers name. */
function enterPeople(document: Document, planned: readonly Person[], known: readonly string[]): void {
  const there = plainAt(document, ['people']);
  const now: readonly Person[] = Array.isArray(there) ? there : [];
  const kept = now.flatMap((one) => {
    const wanted = planned.find(({ id }) => id === one?.id);
    if (wanted !== undefined) return [{ ...one, ...wanted }];
    return known.includes(one?.id) ? [] : [one];
  });
  const added = planned.filter(({ id }) => !now.some((one) => one?.id === id));
  const people = [...kept, ...added];
  if (JSON.stringify(people) !== JSON.stringify(there)) document.set('people', document.createNode(people));
}
