import { foldText } from '../core/ask/fold-text.ts';

/**
 * What somebody asked of the bot itself, in plain words:
 * - `help`: what it understands; `files`: the list of documents.
 * - `forget`: to delete documents, whose numbers are `numbers` as typed ("" when none were named), or whose file is called
 *   `name` (folded). Only ever explained.
 * - `yes`: a bare yes, also with a code, to a question that wants the whole command again.
 * - `hint`: nothing but signs ("?"); `emoji`: nothing but emoji.
 */
export type PlainRequest =
  | { readonly what: 'help' | 'files' | 'yes' | 'hint' | 'emoji' }
  | { readonly what: 'forget'; readonly numbers: string; readonly name?: string };

/** Whole messages, without signs, capitals and accents. What is also a fair question about papers ("what can I do?") is left out. */
const HELP =
  phrases(`help( me)?( please)?|please help( me)?|(please )?(show|list) (me )?(all |the |your )?commands|commands
  |(what|which) commands (are there|do you (have|know|understand))|what can you do( for me)?|what can i ask( you)?|what do you understand
  |how (can|do) you (help( me)?|work)|how do i use you
  |hilfe( bitte)?|bitte hilfe|hilf mir( bitte)?|befehle|welche befehle (gibt es|hast du|kennst du|verstehst du)|(zeige?|liste) (mir )?(alle |die |deine )?befehle( auf| an)?
  |was kannst du( alles)?( (tun|machen))?|was kannst du (alles )?fur mich tun|was kann ich dich( alles)? fragen|was verstehst du( alles)?|wie funktionierst du|wie kannst du( mir)? helfen
  |aide|aide moi|a l aide|que (peux|sais) tu faire|tu peux faire quoi|qu est ce que tu (peux|sais) faire|commandes
  |ayuda|ayudame|que (puedes|sabes) hacer|comandos|aiuto|aiutami|(che )?cosa (puoi|sai) fare|comandi
  |ajuda|ajude me|o que (voce )?(pode|podes|sabe) fazer|o que voce faz|hulp|help mij|wat (kun|kan) je( allemaal)?( doen)?
  |pomoc|pomocy|co (potrafisz|umiesz|mozesz zrobic)|yardım|yardım et|(ne|neler) yapabilirsin
  |помощь|помоги|что ты (умеешь|можешь)|βοηθεια|帮助|你能做什么|ヘルプ|مساعدة|עזרה`);

const FILES = phrases(`((please )?(list|show)( me)? )?(all )?((of )?(my|the|your) )?(files|documents|papers)( please)?
  |list of (my |the |your |all )?(files|documents|papers)
  |(what|which) (files|documents|papers) (do you (have|know|keep)|have you got|are there|(have i|did i) (send|sent|give|given)( you)?)( (of|from) (me|mine))?
  |((bitte )?(zeige?|liste)( mir)?( bitte)? )?(alle )?((meine|deine|die) )?(dateien|dokumente|unterlagen)( auf| an)?( bitte)?|liste (meiner|aller|der) (dateien|dokumente|unterlagen)
  |(welche|was fur) (dateien|dokumente|unterlagen|papiere) ((hast|kennst) du|gibt es|habe? ich dir (geschickt|gegeben))( alles| schon)?( von mir)?
  |(liste (de )?)?(mes|tes|des|les) (documents|fichiers)|(quels|tes) (documents|fichiers) (as tu|connais tu|tu as)|(mis|tus|los) (documentos|archivos)|que (documentos|archivos) tienes
  |(i (miei|tuoi) )?documenti|(che|quali) (documenti|file) hai|(meus|os meus) (documentos|arquivos|ficheiros)|(que|quais) (documentos|arquivos|ficheiros) (voce tem|tens)
  |(mijn )?(documenten|bestanden)|welke (documenten|bestanden) heb je|(moje )?(dokumenty|pliki)|jakie (masz )?(dokumenty|pliki)( masz)?
  |(belgelerim|dosyalarım)|hangi (belgeler|dosyalar)(in)? var|(мои )?(документы|файлы)|какие (документы|фаилы) у тебя( есть)?|какие у тебя( есть)? (документы|фаилы)`);

const FORGET_WORD = `delete|forget|remove|erase|losche?|vergiss|vergesse|entferne?|supprimer?|efface|borra|elimina|cancella|apaga|exclui|verwijder|usun|удали`;
const PAPER_WORD = `documents?|files?|papers?|dokumente?|datei(?:en)?|unterlagen?|fichiers?|documentos?|archivos?|documento|documenti|arquivos?|ficheiros?|documenten|bestand(?:en)?|dokumenty|plik|документ|фаил`;
const NUMBERS = String.raw`#?\d{1,6}\.?(?:(?:\s*[,;&–-]\s*|\s+(?:(?:and|und|et|y|e|en|i|и)\s+)?)#?\d{1,6}\.?){0,30}`;
/** A file's name, in quotes or without them: what ends with a dot and two letters or more. */
const NAME = String.raw`["“„'«]?[^?\n"”“»]{1,60}\.[a-z]\w{1,4}["”“'»]?`;
const FORGET = new RegExp(
  String.raw`^(?:(?:please|bitte|kannst du|can you|could you)\s+)?(?:${FORGET_WORD})\s+(?:bitte\s+)?(?:(?:all|alle|the|my|this|that|das|die|den|dieses|mein|meine|le|el|il|o|het)\s+){0,2}(?:(?:${PAPER_WORD})(?:\s+(?:number|nummer|nr\.?|no\.?))?(?:\s+(?<numbers>${NUMBERS})|\s+(?<called>${NAME}))?|(?<alone>${NAME}))(?:\s+(?:please|bitte|loschen))?\s*[.!]*$`,
  'u',
);
const FORGET_ALL = phrases(
  `(please )?(delete|forget|erase|remove) (everything|it all)|(bitte )?(losche?|vergiss) (bitte )?alles( bitte)?`,
);

/** The product asks for a yes in confirmations alone (bot/commands/confirmed.ts); the code is one of bot/erase/confirm-codes.ts. */
const YES =
  /^(?:(?:yes|yep|yes please|please do|do it|ja|ja bitte|jawohl)(?: [b-z2-9]{6})?|confirm|bestatige|bestatigt)$/;

/** Emoji and what they are made of; flags are pairs of regional letters. */
const EMOJI =
  /^(?=.*[\p{Extended_Pictographic}\p{Regional_Indicator}])(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\s]|\u200d|\ufe0e|\ufe0f)+$/su;
const EMOTICON = /^[:;=]['’]?-?[()dp]+$/iu;
const SIGNS = /^[\p{P}\p{S}\s]+$/u;
const LONGEST = 120;

/**
 * Recognises a message that asks something of the bot itself, by the whole of it: a question that merely holds such words
 * is none. undefined for everything else. Called by `route` for texts in direct chats.
 */
export function plainRequest(text: string): PlainRequest | undefined {
  if (text.length > LONGEST) return undefined;
  if (EMOJI.test(text) || EMOTICON.test(text)) return { what: 'emoji' };
  if (SIGNS.test(text)) return { what: 'hint' };
  const letters = foldText(text).trim();
  const said = letters.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  if (HELP.test(said)) return { what: 'help' };
  if (FILES.test(said)) return { what: 'files' };
  if (YES.test(said)) return { what: 'yes' };
  const forget = FORGET.exec(letters);
  if (forget !== null) {
    const { numbers = '', called, alone } = forget.groups ?? {};
    const name = (called ?? alone)?.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    return { what: 'forget', numbers: numbers.replace(/\.$/, ''), ...(name !== undefined && { name }) };
  }
  return FORGET_ALL.test(said) ? { what: 'forget', numbers: '' } : undefined;
}

function phrases(alternatives: string): RegExp {
  return new RegExp(`^(?:${alternatives.replace(/\s*\n\s*/g, '')})$`, 'u');
}
