import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ConsoleFacts } from '../facts/console.ts';

const { count } = FORMATS.en;

/** English: the console. */
export const terminal: Entries<ConsoleFacts> = {
  'console.hello': ({ person, model }) =>
    `Kinkeeper console for ${person}. ${model === '' ? 'No language model is in use: answers are the passages themselves.' : `Answers are written by ${model}.`}`,
  'console.hint': () =>
    '`add <path>` reads a file, `!help` lists the commands, `quit` ends; anything else is a question.',
  'console.recovery-code': ({ code }) =>
    `This state folder is new. Its recovery code, shown only this once: **${code}**\nWrite it on paper: it opens everything when the passphrase is lost.`,
  'console.add-what': () => 'Which file? It goes like this: `add <path>` (quote paths that hold blanks).',
  'console.no-such-file': ({ name }) => `There is no file “${name}” that I could read.`,
  'console.help': () =>
    'In the console also:\n\n- `add <path> …` reads files\n- `quit` ends (so does the end of the input)\n\nAnything else is a question.',
  'console.wrong-password': ({ name }) => `That password does not open **${name}**. Please try again: \`!password …\`.`,
  'console.locked': ({ name }) => `**${name}** is locked with a password. \`!password …\` opens it; I use it once.`,
  'console.exported': ({ folder, parts, password }) =>
    `**What I keep about you** is in ${folder}, in ${count(parts, 'file', 'files')}. The password: ${password}\nIt is kept nowhere and shown only this once. What lies in family rooms, and which messages we sent, only \`!export\` in our chat sends.`,
  'console.bye': () => 'Bye.',
};
