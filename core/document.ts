import type { PersonId } from './caller.ts';

/** One page of extracted text. `label` is what a person would cite: "3", a sheet's name; null where the format has no pages. */
export interface Page {
  readonly label: string | null;
  readonly text: string;
  /** Set where the page comes from a file inside the document: an attachment, a member of an archive. */
  readonly inside?: InsideFile;
}

/** A file inside a document: its name as shown (folders and surrounding mails parted by " › ") and what it is. */
export interface InsideFile {
  readonly name: string;
  readonly kind: DocumentKind;
}

/** What an extractor made of a file. */
export interface ExtractedText {
  readonly kind: DocumentKind;
  readonly pages: readonly Page[];
  /** Pages that could not be read although the rest could (damaged files), by label. */
  readonly unreadable: readonly string[];
  /** True for a file that is cut off or damaged as a whole, and was read as far as it goes. */
  readonly damaged?: boolean;
  /** Pages that are pictures and were not recognised, because recognition was not asked for; "" where there are no pages. */
  readonly scanned: readonly string[];
}

/** The formats that the product reads today; decided from bytes, never from the name. */
export const DOCUMENT_KINDS = [
  'pdf',
  'docx',
  'doc',
  'odt',
  'rtf',
  'pptx',
  'odp',
  'xlsx',
  'xls',
  'ods',
  'epub',
  'html',
  'md',
  'csv',
  'txt',
  'eml',
  'msg',
  'ics',
  'vcf',
  'zip',
  'image',
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/**
 * A stretch of a document that is found, shown and cited as one. `start` and `end` are UTF-16 offsets into the text of
 * its page (0-based, end exclusive).
 */
export interface Passage {
  readonly id: number;
  readonly document: number;
  readonly documentName: string;
  /** 0-based place among the document's passages. */
  readonly position: number;
  readonly page: string | null;
  /** Headings above the passage, outermost first, joined by " › "; empty when there are none. */
  readonly heading: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Code of `guessLanguage`, '' where nothing tells it; missing where nobody has looked yet. */
  readonly language?: string | undefined;
  /** Whose document it is, where that is somebody else who lent it; missing for the reader's own. */
  readonly owner?: PersonId | undefined;
}

/** A passage before it is stored, with the two word indexes made from it. */
export interface NewPassage extends PassageDraft {
  /** Character 4-grams and whole words for the full-text index (core/ask/grams.ts), separated by blanks. */
  readonly grams: string;
  /** Distinct ids of word pieces for MaxSim (core/ask/piece-encoder.ts), ascending. */
  readonly pieces: Uint32Array;
}

/** A passage as cut: everything but what storing adds. */
export type PassageDraft = Omit<Passage, 'id' | 'document' | 'documentName' | 'owner'>;

/** The words of up to 256 passages that follow one another, packed for the index (core/ask/pack-words.ts). */
export interface WordBlock {
  /** Grams of each passage, repeats counted: u16, little endian. */
  readonly lengths: Uint8Array;
  readonly grams: Uint8Array;
  readonly pieces: Uint8Array;
}

/** Passages of a document, in order, with all their words in blocks. */
export interface PackedPassages {
  readonly passages: readonly PassageDraft[];
  readonly words: readonly WordBlock[];
}

/** A document as it is about to be stored. `source` is the event that carried the file: the key that makes a repeat change nothing. */
export interface NewDocument {
  readonly source: string;
  readonly name: string;
  readonly kind: DocumentKind;
  /** Size of the original file in bytes; the file itself is not kept. */
  readonly bytes: number;
  readonly pages: number;
  readonly addedAt: number;
  /** `digestOf` the file; missing for documents from before it was noted. */
  readonly digest?: string | null | undefined;
  /** What the person wrote below the file, in each message that brought it once; '' or missing when nothing. */
  readonly note?: string | undefined;
}

/** A stored document. `number` is what a person types (`!forget 3`): counted per tenant from 1 and never used again. */
export interface DocumentInfo extends NewDocument {
  readonly number: number;
  readonly passages: number;
}

/** A document that a newer version took the place of: kept with its text, shown and exported, but no longer found. */
export interface ReplacedDocument extends DocumentInfo {
  /** Number of the version that came after it, which may be replaced itself. */
  readonly replacedBy: number;
  readonly replacedAt: number;
}

/** One message that brought a document. */
export interface DocumentSource {
  readonly source: string;
  readonly addedAt: number;
  /** What the person wrote below the file in this message; '' or missing when nothing. */
  readonly note?: string | undefined;
}
