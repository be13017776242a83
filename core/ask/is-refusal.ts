/** Ways in which models say that the passages do not tell, although they were told to write the marker. */
const REFUSALS =
  /\b(?:(?:do|does|did|is|are|was|were|could|can)(?: not|n['’]t)\b.{0,40}\b(?:mention|contain|say|state|specif|provide|include|find|found|given|answer|available)|no (?:information|mention|answer|details)|not (?:mentioned|specified|stated|found|provided|available)|unable to)|(?:nicht|kein\p{L}*)\b.{0,60}(?:erwähn|enthalt|genannt|angegeben|gefunden|angabe|information|hinweis|antwort|steht|stehen|hervor)|(?:no|ne|non|nie|não|niet|geen)\s.{0,40}(?:menciona|contien|indica|encontr|información|mentionn|indiqu|trouv|information|menziona|contengono|contiene|trovat|informazion|zawier|znalez|informacj|mencion|contém|informaç|vermeld|gevonden|informatie)|(?:belirtilm|bulunam|bilgi yok|yer alm)|не\s.{0,40}(?:упомина|содерж|указан|найден)|(?:没有|未)(?:提到|提及|说明|找到|包含)/iu;

/** True when a sentence says that the documents do not hold what was asked, in one of the languages of the stop words. */
export function isRefusal(sentence: string): boolean {
  return REFUSALS.test(sentence);
}
