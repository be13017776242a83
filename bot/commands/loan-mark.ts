/** How loans are listed and their text is asked for: said by commands that `!shares` itself names. */
export const TYPED = {
  show: { en: 'show', de: 'zeige' },
  shares: { en: 'shares', de: 'verliehen' },
  sharesText: { en: 'shares text', de: 'verliehen text' },
} as const;

/** How a lent paper is named beside one's own, which have numbers: "L2". */
export function loanMark(number: number): string {
  return `L${number}`;
}

/** The number in a mark as people type it ("L2", "l2", "#L2."); undefined for anything else. */
export function loanMarked(typed: string): number | undefined {
  const digits = /^#?l(\d{1,9})\.?$/i.exec(typed)?.[1];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits);
}
