/** Letters as words are compared by: without case and accents, and in their plain form. Used wherever what people type is recognised. */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
