/** The part of word-extractor that is used here; the package ships no types. */
declare module 'word-extractor' {
  interface Options {
    readonly filterUnicode?: boolean;
    readonly includeFooters?: boolean;
  }
  export interface WordDocument {
    getBody(options?: Options): string;
    getFootnotes(options?: Options): string;
    getEndnotes(options?: Options): string;
    getHeaders(options?: Options): string;
    getFooters(options?: Options): string;
    getAnnotations(options?: Options): string;
    getTextboxes(options?: Options): string;
  }
  export default class WordExtractor {
    extract(source: Buffer): Promise<WordDocument>;
  }
}
