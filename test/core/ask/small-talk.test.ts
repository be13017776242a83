import { expect, it } from 'vitest';
import { smallTalk } from '../../../core/ask/small-talk.ts';

it.each([
  ['hello', 'greeting'],
  ['Hallo!', 'greeting'],
  ['Guten Morgen Kinkeeper 👋', 'greeting'],
  ['¡Hola!', 'greeting'],
  ['你好', 'greeting'],
  ['danke!', 'thanks'],
  ['Vielen Dank für die Hilfe', 'thanks'],
  ['ok, thanks', 'thanks'],
  ['thank you so much!!', 'thanks'],
  ['Merci beaucoup :)', 'thanks'],
  ['teşekkürler', 'thanks'],
  ['👍', 'thanks'],
  ['Gute Nacht', 'farewell'],
  ['hello, how are you?', 'how-are-you'],
  ["Wie geht's?", 'how-are-you'],
])('%j is %s', (text, kind) => expect(smallTalk(text)).toBe(kind));

it.each([
  ['hello, when does the lease end?'],
  ['Danke, und wann endet er?'],
  ['Wie hoch ist die Kaution?'],
  ['thank you note from grandma'],
  ['Morgenstern'],
  ['perfect attendance certificate'],
  ['HV28C'],
  ['?'],
  ['And in 2023?'],
  [''],
])('%j is a question', (text) => expect(smallTalk(text)).toBeUndefined());
