import { type Extractor, Refusal, type RefusalReason } from '../ingest/extractor.ts';
import { listZip, type ZipEntry, ZipParts } from './zip.ts';

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

/** ZIP archives of any files that are read: each member by its own extractor, one after the other, so that only one is inflated at a time. */
export const archive: Extractor = {
  kind: 'zip',
  async extract(bytes, sink, { members }) {
    const entries = listZip(bytes).filter(({ name }) => !name.endsWith('/') && !LITTER.test(name));
    if (entries.length === 0) throw new Refusal('file-no-text');
    if (entries.every(({ encrypted }) => encrypted)) throw new Refusal('file-encrypted');
    refuseBombs(entries, bytes.length);
    const parts = new ZipParts(bytes, MOST_BYTES);
    const outcomes = new Set<RefusalReason | 'read'>();
    // Of several members with one name the last one counts, as it does for the programs that unpack.
    const names = [...new Set(entries.map(({ name }) => name))];
    for (const [index, name] of names.entries()) {
      const content = contentOf(parts, name);
      if (content instanceof Refusal) members.unreadable(name);
      outcomes.add(content instanceof Refusal ? content.reason : await members.read({ name, bytes: content }));
      sink.progress(index + 1, names.length);
    }
    if (!outcomes.has('read')) throw refusalOf(outcomes);
  },
};

/** By what the archive declares: too much in all, or members that share their bytes, which makes a bomb out of a small file. */
function refuseBombs(entries: readonly ZipEntry[], archiveBytes: number): void {
  const sum = (of: (entry: ZipEntry) => number) => entries.reduce((total, entry) => total + of(entry), 0);
  if (sum(({ packed, size }) => Math.max(packed, size)) > MOST_BYTES) throw new Refusal('file-too-hard');
  if (sum(({ packed }) => packed) > archiveBytes) throw new Refusal('file-too-hard');
}

function contentOf(parts: ZipParts, name: string): Uint8Array | Refusal {
  try {
    return parts.read(name)!;
  } catch (error) {
    // One broken member must not cost the others.
    return error instanceof Refusal ? error : new Refusal('file-damaged');
  }
}

function refusalOf(outcomes: ReadonlySet<RefusalReason | 'read'>): Refusal {
  const reason = TELLING.find((one) => outcomes.has(one));
  return reason === undefined ? new Refusal('file-kind', 'zip') : new Refusal(reason);
}
