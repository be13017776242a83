import { createHash } from 'node:crypto';
import type { OpenState } from './control.ts';
import { readSound } from './read-sound.ts';
import type { TenantReader } from './tenant.ts';

/** What is kept, without a word of it: of each tenant each document's number and a digest of its name, pages and text. */
export interface KeptDigest {
  readonly people: number;
  readonly documents: Readonly<Record<string, Readonly<Record<number, string>>>>;
}

/** How what is kept differs from before: counts. Documents that came since are no difference. */
export interface KeptDifference {
  readonly missing: number;
  readonly changed: number;
}

/**
 * Reads everything that is kept and takes a digest of it: an update must leave all of it as it is. Earlier versions of documents are
 * read too. Of a damaged file nothing is there. Takes about as long as reading the files once.
 */
export function digestKept({ vault, control }: Pick<OpenState, 'vault' | 'control'>): KeptDigest {
  const documents: Record<string, Record<number, string>> = {};
  for (const { tenant } of control.people.tenants()) {
    const own: Record<number, string> = {};
    readSound({ vault, people: control.people }, tenant, (reader) => {
      for (const { number } of [...reader.documents(), ...reader.replacedDocuments()])
        own[number] = digest(reader, number);
    });
    documents[tenant] = own;
  }
  return { people: control.people.list().length, documents };
}

/** What of `before` is not there any more, or is another one. */
export function compareKept(before: KeptDigest, now: KeptDigest): KeptDifference {
  let missing = Math.max(0, before.people - now.people);
  let changed = 0;
  for (const [tenant, documents] of Object.entries(before.documents)) {
    for (const [number, digested] of Object.entries(documents)) {
      const found = now.documents[tenant]?.[Number(number)];
      if (found === undefined) missing += 1;
      else if (found !== digested) changed += 1;
    }
  }
  return { missing, changed };
}

function digest(reader: TenantReader, number: number): string {
  const hash = createHash('sha256');
  for (const { documentName, position, page, heading, text } of reader.passagesOf(number))
    hash.update(JSON.stringify([documentName, position, page, heading, text]));
  return hash.digest('hex').slice(0, 32);
}
