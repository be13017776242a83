import type { AlertTexts, OpsFacts } from '../facts/ops.ts';
import type { Entries } from '../facts/shape.ts';
import { FORMATS } from '../format.ts';

const { bytes, count, duration, moment, number } = FORMATS.en;

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
  'restored.person': ({ madeAt }) =>
    `My server was restored from a backup of **${moment(madeAt)}**. What you sent after that is not there any more: please send it again. What I was to forget after that may be back: please have it forgotten again.`,
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
  'severity.info': () => 'for your information',
  'severity.warning': () => '**warning**',
  'severity.critical': () => '**urgent**',
  'alert.other': ({ code, facts }) => `something called “${code}” was reported${facts === '' ? '.' : ` (${facts}).`}`,
  'alert.repeated': ({ times }) => `It was reported ${count(times, 'time', 'times')}.`,
};

/** English: alerts. What is the matter, and what to do. */
export const alerts: Entries<AlertTexts> = {
  'alert.bot-silent': ({ seconds }) =>
    `The bot has been silent for ${duration(seconds * 1000)}. Look at its log and restart it.`,
  'alert.ops-silent': ({ seconds }) =>
    `The ops process has been silent for ${duration(seconds * 1000)}; no jobs run. Look at its log and restart it.`,
  'alert.disk-low': ({ freeBytes }) => `The disk is filling up: ${bytes(freeBytes)} are left. Please make room soon.`,
  'alert.disk-critical': ({ freeBytes }) =>
    `The disk is almost full: only ${bytes(freeBytes)} are left, and new documents will be refused. Please make room now.`,
  'alert.inodes-low': ({ freePercent }) =>
    `The disk can hold few more files: ${number(freePercent)} % of its inodes are free. Delete what is not needed.`,
  'alert.memory-low': ({ freeBytes }) =>
    `Memory is short: ${bytes(freeBytes)} are available. A smaller model or more memory would help.`,
  'alert.load-high': ({ loadPerCore }) =>
    `The machine is overloaded: ${number(loadPerCore)} tasks wait for each core. Look at what else runs on it, or rent more cores.`,
  'alert.alerts-waiting': ({ count: alerts, seconds }) =>
    `${count(alerts, 'alert', 'alerts')} could not be delivered for ${duration(seconds * 1000)}. Is the bot in the ops room?`,
  'alert.homeserver-unreachable': ({ seconds }) =>
    `I could not reach the homeserver for ${duration(seconds * 1000)}. Messages wait there and are handled later.`,
  'alert.job-failed': ({ job, reference }) =>
    `The job **${job}** failed. Its reference in the log is **${reference}**.`,
  'alert.job-lost': ({ count: jobs }) =>
    `${count(jobs, 'job was', 'jobs were')} cut off when the process ended. What was due runs again by itself.`,
  'alert.undecryptable': ({ count: messages }) =>
    `${count(messages, 'message waits', 'messages wait')} for a key that has not reached me. The people concerned were told.`,
  'alert.no-signed-device': ({ person }) =>
    `${person} has no verified device, so I can't write to them securely. Ask them to verify their session in Element.`,
  'alert.stranger-invite': ({ count: invites }) =>
    `I refused ${count(invites, 'invitation', 'invitations')} by strangers without reading anything. \`people add\` lets someone talk to me.`,
  'alert.embedder-failing': ({ failures }) =>
    `The embedder failed ${count(failures, 'time', 'times')} in a row; finding goes on with words and built-in vectors. Is its server running?`,
  'alert.index-failing': ({ failures }) =>
    `Qdrant could not be brought up to date ${count(failures, 'time', 'times')} in a row; I search the sealed files instead and nothing is lost. Is it running, and does its key still fit? \`kinkeeper doctor\` knows more.`,
  'alert.index-damaged': () =>
    'A passage in Qdrant was not as I had sealed it, so I answered from the sealed file and sent it again; nobody was shown anything wrong. Who else can write to that server?',
  'alert.model-failing': ({ reference }) =>
    `The language model does not answer; people get passages instead. Reference in the log: **${reference}**.`,
  'alert.reader-unavailable': () =>
    'Files cannot be read safely on this machine, so none is read. `kinkeeper doctor` says what is missing.',
  'alert.identity-changed': ({ person }) =>
    `The account of ${person} has another identity than before. If they did not reset it themselves, somebody else is using the account. I read nothing they write and send them nothing until it is confirmed: ask them in person, then send \`people confirm\` with their address. An admin's own identity is confirmed on the server, with \`kinkeeper people confirm\`.`,
  'alert.crypto-store-lost': () =>
    'My encryption store was lost, so I started over as a new device. Older messages without a key stay unreadable to me.',
  'alert.keys-changed': ({ count: keys }) =>
    `${count(keys, 'key is', 'keys are')} new, and what was sealed under the old is gone.`,
  'alert.key-change-failed': ({ reference }) =>
    `A person’s key could not be changed; the old one still counts and I try again. Is the disk full? Reference in the log: **${reference}**.`,
  'alert.erase-failing': ({ reference, step, attempts }) =>
    `Erasing **${reference}** does not get past the step “${step}” (${count(attempts, 'try', 'tries')}). It goes on by itself; if it stays so, look into the log under that reference.`,
  'alert.receipt-undelivered': ({ reference }) =>
    `Erasing **${reference}** is done, but its receipt could not be delivered: nobody but its reader may be in that chat, and nobody is.`,
  'alert.erased-again': ({ count: people }) =>
    `The state folder came from before ${count(people, 'person was', 'people were')} erased. I have erased them again.`,
  'alert.ended-again': ({ papers, shares }) =>
    `The state folder came from an earlier time. I have forgotten ${count(papers, 'paper', 'papers')} again, and ended ${count(shares, 'share', 'shares')}.`,
  'alert.tombstones-damaged': () =>
    'The list of what was erased (`tombstones` in the state folder) was damaged, cut short, missing, or belongs elsewhere. I wrote it anew from what control.db knows; after a restore, people, shares and papers that were gone may be back. Put the newest copy of that file there and start me again.',
  'alert.clock-jumped': ({ days }) =>
    `The server’s clock is ${count(Math.abs(days), 'day', 'days')} ${days < 0 ? 'behind' : 'ahead of'} the last time I looked. If the server was off for so long, all is well. Until this time has gone on for a day I remove nothing because of its age; if the clock is wrong, set it right.`,
  'alert.keys-older': () =>
    'keys.json is older than the last change of passphrase or recovery code: somebody put an earlier one back, and what was replaced opens the household again. If that was not you, find out who had access to the server. `kinkeeper keys passphrase` and `kinkeeper keys recovery-code` set both anew.',
  'alert.store-damaged': ({ file }) =>
    `\`tenants/${file}\` in the state folder cannot be read. What it holds is missing from answers and lists until you restore it from a backup (papers that were forgotten since are back then: forget them again); everybody else’s works on. If it was a lent copy, its two people can end that share, and it is gone.`,
  'alert.backup-proven': ({ generation, bytes: size, seconds, tenants, questions, place }) =>
    `Backup **${generation}** is proven: restored from ${place === 'local' ? 'the local folder' : place} into a scratch place in ${duration(seconds * 1000)} (${bytes(size)}), ${count(tenants, 'store', 'stores')} opened, ${count(questions, 'test question', 'test questions')} answered. The scratch place is gone again.`,
  'alert.backup-unproven': ({ generation, reason }) =>
    `Backup **${generation}** did not prove itself (${reason}): do not count on it. Make another with \`run backup\`, then \`run drill\`; the last proven one is kept until then.`,
  'alert.audit-broken': ({ row }) =>
    `The audit trail was changed from outside at row ${number(row)}. Find out who had access to the server.`,
  'alert.audit-anchor': ({ rows, hash, at }) =>
    `The audit trail is whole: ${count(rows, 'row', 'rows')}. Its seal, to be compared with later: \`{"rows":${rows},"hash":"${hash}","at":${at}}\``,
};
