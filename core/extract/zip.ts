import { type Extractor, Refusal, type RefusalReason } from '../ingest/extractor.ts';
import { readZipDirectory, unpack, type ZipEntry } from './zip-directory.ts';

/** All members together, as declared; checked before anything is inflated. */
const MOST_BYTES = 100 << 20;

/** What file managers put into archives without being asked. */
const LITTER = /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i;

/** Told when no member could be read: the first of these that any of them met says most about what to do. */
const TELLING: readonly RefusalReason[] = [
  'file-encrypted',
  'file-too-hard',
  'file-too-many-pages',
  'file-damaged',
  'file-no-text',
];

/** Archives of any files that are read: each member by its own extractor, one after the other, so that only one is inflated at a time. */
export const zip: Extractor = {
  kind: 'zip',
  async extract(bytes, sink, { members }) {
    const entries = readZipDirectory(bytes).filter(({ name }) => !name.endsWith('/') && !LITTER.test(name));
    if (entries.length === 0) throw new Refusal('file-no-text');
    if (entries.every(({ encrypted }) => encrypted)) throw new Refusal('file-encrypted');
    // Stored members yield what they occupy, whatever they declare.
    const inflated = entries.reduce((sum, { packed, size }) => sum + Math.max(packed, size), 0);
    if (inflated > MOST_BYTES) throw new Refusal('file-too-hard');
    const outcomes = new Set<RefusalReason | 'read'>();
    for (const [index, entry] of entries.entries()) {
      const content = contentOf(bytes, entry);
      if (content instanceof Refusal) members.unreadable(entry.name);
      outcomes.add(
        content instanceof Refusal ? content.reason : await members.read({ name: entry.name, bytes: content }),
      );
      sink.progress(index + 1, entries.length);
    }
    if (!outcomes.has('read')) throw refusalOf(outcomes);
  },
};

function contentOf(bytes: Uint8Array, entry: ZipEntry): Uint8Array | Refusal {
  if (entry.encrypted) return new Refusal('file-encrypted');
  try {
    return unpack(bytes, entry);
  } catch (error) {
    // One broken member must not cost the others.
    return error instanceof Refusal ? error : new Refusal('file-damaged');
  }
}

function refusalOf(outcomes: ReadonlySet<RefusalReason | 'read'>): Refusal {
  const reason = TELLING.find((one) => outcomes.has(one));
  return reason === undefined ? new Refusal('file-kind', 'zip') : new Refusal(reason);
}
