/** One text to embed; answers carry the same id. */
export interface EmbedRequest {
  readonly id: number;
  readonly text: string;
}

/** The child's answer: a unit-length vector, or which kind of error it was (never the text). */
export type EmbedReply =
  | { readonly id: number; readonly vector: Float32Array }
  | { readonly id: number; readonly failed: string };
