import type { DocumentKind } from '../document.ts';

/** Marks our exports; `version` grows when a reader of today would misread them. */
export const EXPORT_FORMAT = 'kinkeeper-export';
export const EXPORT_VERSION = 1;

export const MANIFEST = 'manifest.json';
export const INDEX_PAGE = 'index.html';

/** One file inside of a part. Names hold no words of anybody: tools show them without the password. */
export interface ExportFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `manifest.json`: what a part holds. Every other file of the part stands in `files`. */
export interface Manifest {
  readonly format: typeof EXPORT_FORMAT;
  readonly version: number;
  /** The same in all parts of one export. */
  readonly export: string;
  readonly person: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  readonly product: string;
  /** From 1. */
  readonly part: number;
  readonly parts: number;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

/** A passage of `documents/*.json`; offsets are UTF-16 units of its page. `language` is missing in earlier versions. */
export interface ExportedPassage {
  readonly position: number;
  readonly page: string | null;
  readonly heading: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly language?: string | undefined;
}

/** One message that brought a document; `room` where it was noted. */
export interface ExportedSource {
  readonly source: string;
  readonly addedAt: number;
  readonly note: string;
  readonly room: string | null;
}

/**
 * `documents/<number>.json`, or `documents/<number>-<piece>.json` where one document needs several: the same facts in each,
 * and a run of its passages. `replacedBy` and `replacedAt` stand with earlier versions alone.
 */
export interface ExportedDocument {
  readonly number: number;
  readonly name: string;
  readonly kind: DocumentKind;
  readonly bytes: number;
  readonly pages: number;
  readonly addedAt: number;
  readonly source: string;
  /** SHA-256 of the file in hex; null for documents from before it was noted. */
  readonly digest: string | null;
  readonly note: string;
  readonly passageCount: number;
  readonly sources: readonly ExportedSource[];
  readonly replacedBy?: number;
  readonly replacedAt?: number;
  /** From 1. */
  readonly piece: number;
  readonly pieces: number;
  readonly passages: readonly ExportedPassage[];
}

/** A passage as answers name it. */
export interface PassagePlace {
  readonly document: number;
  readonly position: number;
}

/** `memory.json` (with the room) and `marked-answers.json`: a question, what was said, and the passages it rested on. */
export interface ExportedAnswer {
  readonly event: string;
  readonly room?: string;
  readonly question: string;
  readonly answer: string;
  readonly at: number;
  readonly model: string | null;
  readonly passages: readonly PassagePlace[];
}

/** `settings.json`. */
export interface ExportedSetting {
  readonly key: string;
  readonly value: string;
}

/** A file of JSON, indented for people. */
export function jsonFile(name: string, value: unknown): ExportFile {
  return { name, bytes: new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`) };
}
