import { foldText } from './fold-text.ts';

/** What somebody said who asked nothing. */
export type SmallTalk =
  | 'greeting'
  | 'thanks'
  | 'praise'
  | 'acknowledgement'
  | 'farewell'
  | 'how-are-you'
  | 'who-are-you'
  | 'date';

/** Whole messages, in the languages of the stop words and some more; compared without signs, capitals and accents. */
const PHRASES: Readonly<Record<SmallTalk, string>> = {
  greeting: `hello|hi|hey|hiya|good morning|good afternoon|good evening|greetings|hallo|hallöchen|moin|moin moin|servus|grüß gott|grüezi|grüß dich
    |guten morgen|guten tag|guten abend|morgen|tach|hola|buenos días|buenas|buenas tardes|buenas noches|bonjour|bonsoir|salut|coucou|ciao|salve|buongiorno
    |buon giorno|buonasera|cześć|dzień dobry|dobry wieczór|hej|witam|merhaba|selam|günaydın|iyi günler|iyi akşamlar|olá|oi|bom dia|boa tarde|boa noite
    |hoi|goedemorgen|goedemiddag|goedenavond|goedendag|привет|здравствуйте|добрый день|доброе утро|добрый вечер|γεια|γεια σου|καλημέρα|你好|您好|早上好|こんにちは
    |おはよう|مرحبا|السلام عليكم|אהלן|שלום`,
  thanks: `thanks|thank you|thank you very much|thanks a lot|many thanks|thx|ty|cheers|ok thanks|okay thanks|great thanks|perfect thanks
    |danke|danke dir|danke schön|dankeschön|vielen dank|vielen lieben dank|herzlichen dank|besten dank|tausend dank|lieben dank|danke sehr|super danke|ok danke|okay danke|perfekt danke
    |prima danke|alles klar danke|merci|merci beaucoup|merci bien|gracias|muchas gracias|mil gracias|vale gracias|grazie|grazie mille
    |molte grazie|dziękuję|dziękuję bardzo|dzięki|dzięki wielkie|teşekkürler|teşekkür ederim|çok teşekkürler|sağ ol|sağol|obrigado|obrigada|muito obrigado|muito obrigada|dank je
    |dank je wel|dankjewel|bedankt|hartelijk dank|спасибо|спасибо большое|большое спасибо|ευχαριστώ|谢谢|多谢|ありがとう|ありがとうございます|شكرا|תודה`,
  praise: `great|perfect|super|nice|cool|good|very good|excellent|amazing|awesome|wonderful|good job|great job|nice job|well done|good bot|good work|nice work|that was great|that was helpful
    |that was good|that was perfect|that helped|that helps|very helpful|thats great|that is great|you are great|youre great|perfekt|prima|toll|klasse|sehr gut|gut gemacht|gut|super gemacht|gute arbeit
    |das war gut|das war super|das war toll|das war hilfreich|das hat geholfen|das hilft|du bist toll|du bist super|genial|wunderbar|bravo|parfait|perfecto|perfetto|bien hecho|ben fatto|bien joué`,
  acknowledgement: `ok|okay|k|kk|got it|alright|all right|i see|understood|yes|no|yep|nope|alles klar|verstanden|passt|in ordnung|ja|nein|ach so|aha|vale|de acuerdo|daccord|va bene|tamam|oui|non|si`,
  farewell: `bye|bye bye|goodbye|good night|see you|see you later|tschüss|tschüß|tschüssi|ciao ciao|auf wiedersehen|gute nacht|bis bald|bis morgen|bis später|adiós|hasta luego
    |au revoir|bonne nuit|à bientôt|arrivederci|buonanotte|do widzenia|dobranoc|hoşça kal|görüşürüz|iyi geceler|tchau|até logo|tot ziens|doei|пока|до свидания|спокойной ночи|再见`,
  'how-are-you': `how are you|how are you doing|how is it going|hows it going|how do you do|whats up|wie geht es dir|wie gehts|wie gehts dir|wie geht es ihnen|alles gut|na wie gehts
    |qué tal|cómo estás|ça va|comment ça va|comment vas tu|come stai|come va|jak się masz|co słychać|nasılsın|como vai|tudo bem|hoe gaat het|как дела|你好吗`,
  'who-are-you': `who are you|what are you|who is this|who am i talking to|whats your name|what is your name|are you a bot|are you a robot|are you human|are you an ai|are you real|are you chatgpt
    |wer bist du|was bist du|wer bist du denn|wie heißt du|wer sind sie|bist du ein bot|bist du ein roboter|bist du ein mensch|bist du eine ki|qui es tu|quién eres|chi sei|kim sin|sen kimsin|kto jesteś|wie ben je|кто ты|你是谁`,
  date: `what is the date|what is the date today|whats the date|whats the date today|what date is it|what date is it today|what is todays date|whats todays date|what day is it|what day is it today
    |what day is today|what time is it|whats the time|what is the time|what time is it now|welcher tag ist heute|welchen tag haben wir|welchen tag haben wir heute|was für ein tag ist heute|welches datum
    |welches datum ist heute|welches datum haben wir|welches datum haben wir heute|was ist heute für ein tag|was ist heute für ein datum|der wievielte ist heute|den wievielten haben wir|den wievielten haben wir heute
    |wie spät ist es|wie viel uhr ist es|wieviel uhr ist es`,
};

const KIND_OF = new Map<string, SmallTalk>();
for (const [kind, phrases] of Object.entries(PHRASES)) {
  for (const phrase of phrases.split('|')) KIND_OF.set(folded(phrase), kind as SmallTalk);
}

/** What may follow: whom it is said to, and for what; without accents, as texts are compared. */
const ADDRESSED =
  /(?: (?:kinkeeper|bot|there|all|everyone|friend|again|so much|for your help|for the help|for that|for everything|dir|euch|zusammen|nochmal|nochmals|fur die hilfe|fur deine hilfe|dafur|das war s|das hilft|das hilft mir|amigo|pour tout|per tutto))+$/u;
const LONGEST = 60;

/**
 * Tells a greeting, thanks or a farewell from a question; undefined for everything else. Two in a row count ("hello, how
 * are you?"), anything more is a question and is searched for.
 */
export function smallTalk(text: string): SmallTalk | undefined {
  if (text.length > LONGEST) return undefined;
  const said = folded(text);
  if (said === '') return /\p{Extended_Pictographic}/u.test(text) ? 'thanks' : undefined;
  const short = said.replace(ADDRESSED, '');
  return KIND_OF.get(said) ?? KIND_OF.get(short) ?? inTwo(short);
}

/** "Hello, how are you?": both halves are small talk; the second one is answered. */
function inTwo(said: string): SmallTalk | undefined {
  const words = said.split(' ');
  for (let at = 1; at < words.length; at++) {
    const first = KIND_OF.get(words.slice(0, at).join(' '));
    const second = KIND_OF.get(words.slice(at).join(' '));
    if (first !== undefined && second !== undefined) return second === 'praise' ? first : second;
  }
  return undefined;
}

function folded(text: string): string {
  return foldText(text)
    .replaceAll('ß', 'ss')
    .replace(/['’`]/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
