/** A picture as it is sent: PNG, size in pixels. */
export interface Png {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Makes a PNG of an SVG document without anything from outside of it: no system fonts, no files, no addresses. The document
 * names the family `DejaVu Sans`, regular and bold. Throws AppError `unavailable` (reason `picture-failed`) when it cannot,
 * and the signal's reason when it aborts. Implemented by core/resvg.
 */
export type DrawPng = (svg: string, signal: AbortSignal) => Promise<Png>;
