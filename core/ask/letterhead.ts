const CONTACT_ASKED =
  /(?<!\p{L})(?:iban|bic|bank\p{L}*|account|konto\p{L}*|(?:tele|handy)?(?:phone|fon)\p{L}*|tel|call|ring|fax|e-?mail|website|address\p{L}*|adres\p{L}*|anschrift|cuenta|compte|teléfono|téléphone|correo|vat|ust\p{L}*|hrb|register\p{L}*|web|conto|indirizzo|hesap|telefon\p{L}*)(?!\p{L})/iu;
const PAGE_NUMBER =
  /(?<!\p{L})(?:page|seite|página|pagina|strona|sayfa|стр\.?)\s*\d+\s*(?:of|von|de|di|z|из|\/)\s*\d+/iu;
const LETTERHEAD_SIGNS = [
  /(?<!\p{L})IBAN(?!\p{L})/u,
  /(?<!\p{L})(?:BIC|SWIFT|BLZ)(?!\p{L})/u,
  /(?:www\.|https?:|\S@\S)/iu,
  /(?<!\p{L})(?:tel|phone|fax|telefon|téléphone|teléfono)[.:]?\s*\+?[\d(]/iu,
  PAGE_NUMBER,
  /(?<!\p{L})(?:HR[AB] ?\d|amtsgericht|handelsregister|registered (?:in|office|no|number)|company (?:no|number)|USt-?Id|VAT (?:reg|no|number)|steuernummer|SIRET|NIF|CIF|NIP|REGON|P\.? ?IVA|geschäftsführer(?:in)?:)/iu,
  /©|all rights reserved|alle rechte vorbehalten/iu,
] as const;
/** True when a question asks for what stands in the head or foot of a letter: accounts, addresses, numbers to call. */
export function asksForContact(question: string): boolean {
  return CONTACT_ASKED.test(question);
}

/** True for a sentence with something that letters have in their head or foot. */
export function isLetterhead(sentence: string): boolean {
  return LETTERHEAD_SIGNS.some((sign) => sign.test(sentence));
}

/** True for a line that surely is the head or foot of a letter: several such things, or the number of a page among several. */
export function isWholeLetterhead(line: string): boolean {
  return LETTERHEAD_SIGNS.filter((sign) => sign.test(line)).length > 1 || PAGE_NUMBER.test(line);
}
