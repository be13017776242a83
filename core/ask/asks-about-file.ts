import { foldText } from './fold-text.ts';
import { isStopWord } from './guess-language.ts';

/** How people ask what a file is about; compared without signs, capitals and accents. */
const ASKS: readonly RegExp[] = [
  /\bwhat\b.* about\b|\bwhat (?:is|s|are) (?:this|that|it|these|in)\b|\bwhats (?:this|that|it|in)\b|\bwhat does \w+(?: \w+)? (?:say|mean|want|contain|tell)\b|\bwhat do they want\b/u,
  /\bsum\w* up\b|\bsummar\w+\b|\bexplain\b|\btl ?dr\b|\boverview\b/u,
  /\b(?:worum|um was|wovon|woruber)\b|\bwas (?:ist|soll|bedeutet|heisst|will|wollen|steht)\b.*\b(?:das|dies|es|die|hier|da|drin|drauf|darin)\b|\bwas steht\b/u,
  /\bzusammen(?:fass\w*)?\b|\berklar\w*\b/u,
  /\bde quoi\b|\bc est quoi\b|\bqu est ce que c est\b|\bresume\w*\b|\bexplique\w*\b/u,
  /\b(?:de|sobre) que (?:se )?(?:trata|va|habla)\b|\bque (?:es|dice|pone) est[aeo]\b|\bresum\w+\b|\bexplica\w*\b/u,
  /\b(?:di )?che (?:cosa )?(?:si )?(?:tratta|parla)\b|\bdi cosa (?:si )?(?:tratta|parla)\b|\bcos e\b|\briassu\w+\b|\bspiega\w*\b/u,
  /\bo czym\b|\bo co chodzi\b|\bco to(?: jest)?\b|\bstresc\w*\b|\bstreszcz\w*\b|\bpodsumuj\b/u,
  /\bbu ne\w*\b|\bhakkinda\b|\bozet\w*\b|\bnedir\b/u,
  /\bdo que (?:se )?trata\b|\bo que e (?:isto|isso)\b/u,
  /\bwaar gaat\b|\bwat (?:is|staat)\b|\bvat\b.*\bsamen\b|\bsamenvatt\w*\b/u,
  /о чем|что это|кратко|перескажи|обобщи|резюме/u,
  /这.*(?:是什么|什么内容|讲什么|说什么)|总结|ما هذا|عن ماذا|لخص|ما موضوع/u,
];

/** Words that may stand in such a question without asking for anything more. */
const FILLING = new Set(
  `about summarise summarize summarised summarized summary sum up explain tldr tl dr overview short brief briefly quick say says mean means want wants contain contains tell me us whats please thanks thank hi hello hey so all exactly actually could would will just they them these those
   file document letter paper pdf mail email e photo picture scan text page thing attachment message
   worum wovon woruber geht handelt soll bedeutet heisst will wollen steht drin drauf darin zusammen zusammenfassen zusammenfassung fass fasse erklar erklare kannst konntest bitte mal kurz denn eigentlich hier da dies diese diesem dieser dieses mir uns dich danke hallo
   datei dokument brief schreiben papier foto bild seite unterlage anhang
   quoi agit parle resume resumer resumez explique expliquer peux moi ca cela c est s il te plait plaît fichier lettre papier piece
   trata habla dice pone esto este esta resumen resumir resumelo explica explicame puedes favor archivo documento carta papel va acerca sobre
   tratta parla cosa cos riassumi riassunto riassumere spiega spiegami questo questa qui favore lettera pagina
   czym chodzi jest streszczenie stresc podsumuj ten tym pismo list plik prosze tu mowi
   nedir hakkinda ozetle ozet bunu belge dosya mektup lutfen ilgili
   isto isso resuma gaat over dit dat deze vat samen samenvatting samenvatten bestand brief even staat hierin er
   о чем чём что это этот эта этом здесь тут речь идет идёт говорится документ документе письмо письме файл файле кратко перескажи обобщи резюме пожалуйста такое за написано и`
    .split(/\s+/)
    .map(foldedWords),
);
const LONGEST = 80;

/**
 * True for a question that asks what a file is about and nothing more: "What is this about?", "Worum geht es?",
 * "Summarise this". No passage answers it better than the beginning of the file. Meant for what is asked with a file, or
 * as a reply to one; "what is it in euros?" asks for more.
 */
export function asksAboutFile(text: string): boolean {
  if (text.length > LONGEST) return false;
  const said = foldedWords(text);
  if (!ASKS.some((ask) => ask.test(said))) return false;
  const isUnspaced = /[\p{sc=Han}\p{sc=Arabic}]/u.test(said);
  return isUnspaced ? said.length <= 20 : said.split(' ').every(isFilling);
}

/** True for a word (folded) that such a question may hold without asking for anything more. */
export function isFilling(word: string): boolean {
  return FILLING.has(word) || isStopWord(word) || word.length === 1;
}

/** A text as such questions are compared: lower case, no accents, signs as one blank. */
export function foldedWords(text: string): string {
  return foldText(text)
    .replaceAll('ß', 'ss')
    .replaceAll('ı', 'i')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
