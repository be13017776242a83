import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { OpsFacts } from '../facts/ops.ts';

const { count, list, moment, number } = FORMATS.en;

/** English: the ops room. */
export const ops: Entries<OpsFacts> = {
  'ops.welcome': () =>
    [
      '**This is the ops room: the console of your Kinkeeper.**',
      '',
      'Alerts and reports arrive here, and commands work with or without `!`:',
      '- `status` shows how everything is doing',
      '- `people` lists who may talk to me; `people add @name:server` and `people remove @name:server` change it',
      '- `alerts` lists what happened',
      '- `help` shows the rest',
      '',
      'You see counts, sizes and failures here, never anyone’s words. For your own documents, open a direct chat with me.',
    ].join('\n'),
  'ops.recovery-key': ({ key }) =>
    [
      '**My recovery key for Matrix.** With it I can prove after a reinstallation that I am still the same bot. I show it only this once and keep no copy you could read.',
      '',
      `**${key}**`,
      '',
      'Write it down and keep it away from the server. When you confirm the recovery code (the message with it says how), I take this message back too.',
    ].join('\n'),
  'ops.recovery-code': ({ code }) =>
    [
      '**The recovery code for everything that is stored.** It opens the family’s data when the passphrase is lost. I show it only this once and store it nowhere; until you confirm I only know how its last group can be checked.',
      '',
      `**${code}**`,
      '',
      'Write it on paper and keep it away from the server. **Then send me its last five characters from the paper:** `!keys confirm …`. If they are right, I take back this message and the one with my recovery key. Whoever has it and a copy of the server’s disk can read everything.',
    ].join('\n'),
  'ops.no-questions': () =>
    'In this room I take commands only; `help` lists them. Questions about your documents belong into your direct chat with me.',
  'ops.no-files': () => 'I keep no files from this room. Please send it in your direct chat with me.',
  'restored.person': ({ madeAt, names, make }) =>
    `My server was restored from a backup of **${moment(madeAt)}**. What you sent after that is not there any more: please send it again. What I was to forget after that may be back: please have it forgotten again.${names.length === 0 ? '' : ` Your API ${names.length === 1 ? 'key' : 'keys'} ${list(names.map((key) => `“${key}”`))} ${names.length === 1 ? 'has' : 'have'} **ended**, so that none comes back that you had revoked meanwhile: ${make} makes a new one.`}`,
  'restored.papers': ({ madeAt, papers, alsoForgotten }) =>
    `Whoever runs the server brought ${count(papers, 'paper', 'papers')} of yours back from the backup of **${moment(madeAt)}**${alsoForgotten ? ', also what you had had forgotten since' : ''}: \`!files\` shows everything that is kept. You did not ask for that? \`!forget\` removes what you do not want here.`,
  'restored.ops': ({ madeAt, told, people, stores, documents, asked, answered, damaged }) =>
    [
      `**Restored from the backup of ${moment(madeAt)}.** I am a new device with my old identity.`,
      '',
      `- ${count(stores, 'store', 'stores')} opened with ${count(documents, 'document', 'documents')}${damaged > 0 ? `; **${number(damaged)} cannot be read**` : ''}`,
      `- ${number(answered)} of ${count(asked, 'test question', 'test questions')} answered${answered < asked ? ': **look into that before you trust this restore**' : ''}`,
      `- ${number(told)} of ${count(people, 'person', 'people')} told in their chats`,
    ].join('\n'),
  'ops.started': ({ version, model }) =>
    `I'm up (version ${version}). ${model === '' ? 'No language model is in use: answers are the passages themselves.' : `Answers are written by ${model}.`}`,
};
