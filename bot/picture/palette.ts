/**
 * The colours of the pictures. A card of its own dark colour, so that it looks the same in a light and in a dark chat. Blue
 * and orange are of the Okabe-Ito set, which people tell apart whatever colours their eyes do; and no colour says anything
 * alone: lines differ in dashes and marks, bars are full or hollow. A test computes the contrasts.
 */
export const PALETTE = {
  card: '#182430',
  grid: '#3a4a5c',
  text: '#f4f7fa',
  muted: '#b4c2d0',
  first: '#56b4e9',
  second: '#f0a830',
} as const;

export type Colour = (typeof PALETTE)[keyof typeof PALETTE];
