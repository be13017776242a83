import type { InsideFile } from '../document.ts';
import { cleanName, extensionOf } from '../ingest/clean-name.ts';
import {
  type ExtractContext,
  type ExtractSink,
  LONGEST_INSIDE_NAME,
  LONGEST_LABEL,
  type Member,
  type Members,
  Refusal,
} from '../ingest/extractor.ts';
import { type LoadedExtractors, readableKind } from './load-extractors.ts';
import { outcomeOf } from './outcome.ts';
import type { ReplySink } from './reply-sink.ts';
import { sniff } from './sniff.ts';

/** A mail in an archive in a mail in a mail; no household packs deeper. */
const DEEPEST = 4;
/** Over all depths. A file may have 50 MB; what is packed in it may be twice as much. */
const MOST_BYTES = 100 << 20;
const MOST_MEMBERS = 1000;

/** What all files inside one file share. */
interface Shared {
  readonly extractors: LoadedExtractors;
  readonly sink: ReplySink;
  readonly context: Omit<ExtractContext, 'members' | 'extension'>;
  /** How often a name was used. */
  readonly names: Map<string, number>;
  bytes: number;
  members: number;
}

/** Reads what lies inside one file, and what lies inside that; one object per container, one `Shared` per child. */
export class MemberReader implements Members {
  readonly #shared: Shared;
  readonly #path: readonly string[];

  private constructor(shared: Shared, path: readonly string[]) {
    this.#shared = shared;
    this.#path = path;
  }

  /** For the file that the child was given. */
  static outermost(
    extractors: LoadedExtractors,
    sink: ReplySink,
    context: Omit<ExtractContext, 'members' | 'extension'>,
  ): MemberReader {
    return new MemberReader({ extractors, sink, context, names: new Map(), bytes: 0, members: 0 }, []);
  }

  async read(member: Member): ReturnType<Members['read']> {
    const { sink } = this.#shared;
    const path = [...this.#path, this.#unique(member.name)];
    this.#spend(member.bytes.length);
    try {
      await this.#extract(member, path);
      return 'read';
    } catch (error) {
      // Nothing more can be taken, from no member.
      if (sink.exhausted || this.#overspent()) throw error;
      const { reason } = outcomeOf(error);
      if (!(member.decoration && (reason === 'file-no-text' || reason === 'file-kind'))) sink.unreadable(label(path));
      return reason;
    }
  }

  unreadable(name: string): void {
    this.#shared.sink.unreadable(label([...this.#path, this.#unique(name)]));
  }

  async #extract({ name, bytes }: Member, path: readonly string[]): Promise<void> {
    const { extractors, context } = this.#shared;
    if (path.length > DEEPEST) throw new Refusal('file-too-hard');
    const extension = extensionOf(name);
    const sniffed = sniff(bytes, extension);
    if (sniffed === 'encrypted') throw new Refusal('file-encrypted');
    const kind = readableKind(sniffed);
    const extractor = kind && extractors.get(kind);
    if (extractor === undefined) throw new Refusal('file-kind');
    const root = this.#shared.sink;
    const before = root.textPages;
    const sink = new MemberSink(root, path, extractor.kind);
    await extractor.extract(bytes, sink, { ...context, extension, members: new MemberReader(this.#shared, path) });
    if (root.textPages === before) throw new Refusal('file-no-text');
  }

  #spend(bytes: number): void {
    this.#shared.bytes += bytes;
    this.#shared.members++;
    if (this.#overspent()) throw new Refusal('file-too-hard');
  }

  #overspent(): boolean {
    return this.#shared.bytes > MOST_BYTES || this.#shared.members > MOST_MEMBERS;
  }

  /** Two attachments called "scan.pdf" must be told apart. */
  #unique(untrusted: string): string {
    const clean = cleanName(untrusted.split(/[\\/]/).filter(isPart).map(cleanName).join(FOLDER));
    const { names } = this.#shared;
    const key = [...this.#path, clean].join('\n');
    const count = (names.get(key) ?? 0) + 1;
    names.set(key, count);
    return count === 1 ? clean : `${clean} (${count})`;
  }
}

const FOLDER = ' › ';

function isPart(part: string): boolean {
  return !/^\.*$/.test(part.trim());
}

/** The name of a file with those that it lies in, as long as they fit; the innermost name tells most. */
function label(path: readonly string[], suffix = ''): string {
  const room = LONGEST_LABEL - suffix.length;
  const all = path.join(FOLDER);
  return `${shortened(all.length <= room ? all : path.at(-1)!, room)}${suffix}`;
}

/** Cut in the middle, so that the ending stays. */
function shortened(name: string, room: number): string {
  if (name.length <= room) return name;
  const tail = Math.min(16, Math.floor(room / 3));
  return `${name.slice(0, room - tail - 1).toWellFormed()}…${name.slice(name.length - tail).toWellFormed()}`;
}

/** Puts the pages of one member under its name. */
class MemberSink implements ExtractSink {
  readonly #root: ReplySink;
  readonly #path: readonly string[];
  readonly #inside: InsideFile;
  /** Pages without a word wait for one that has some: a file without any leaves no page, and is named as unreadable. */
  #waiting: [own: string | null, text: string][] = [];
  #hasText = false;

  constructor(root: ReplySink, path: readonly string[], kind: InsideFile['kind']) {
    this.#root = root;
    this.#path = path;
    this.#inside = { name: shortened(path.join(FOLDER), LONGEST_INSIDE_NAME), kind };
  }

  page(own: string | null, text: string): void {
    this.#waiting.push([own, text]);
    if (this.#hasText || /[\p{L}\p{N}]/u.test(text)) this.#flush();
  }

  #flush(): void {
    this.#hasText = true;
    for (const [own, text] of this.#waiting.splice(0)) this.#root.page(this.#label(own), text, this.#inside);
  }

  unreadable(own: string): void {
    this.#root.unreadable(this.#label(own));
  }

  /** Said of the part by its name, as far as names go: the file around it is whole. */
  damaged(): void {
    this.#root.unreadable(this.#label(null));
  }

  scanned(own: string): void {
    this.#flush();
    this.#root.scanned(this.#label(own === '' ? null : own));
  }

  /** The container counts its members; pages within them would make the figures jump. */
  progress(): void {}

  #label(own: string | null): string {
    if (own === null) return label(this.#path);
    return label(this.#path, /^\d+$/.test(own) ? ` p. ${own}` : `: ${shortened(own, LONGEST_LABEL / 2)}`);
  }
}
