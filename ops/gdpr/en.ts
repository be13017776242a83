import { DAILY_KEPT_DAYS } from '../../core/daily-figures.ts';
import type { Age } from '../../core/retention/age.ts';
import { writeAge } from '../../core/retention/age.ts';
import { EMPTY_ROOM_KEPT_MS } from '../../core/rooms.ts';
import type { GdprFacts, ModelFact } from './facts.ts';
import { bullets, type Papers, paper, table } from './paper.ts';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' });
const fill = (what: string) => `**[to be filled in: ${what}]**`;

const CONTROLLER = [
  `Controller: ${fill('name and address of who decides about this server')}`,
  `Contact: ${fill('e-mail or telephone')}`,
  `Data protection officer, if there has to be one: ${fill('name, or “none”')}`,
];

/** The papers in English. For `kinkeeper gdpr`. */
export const ENGLISH: Papers = {
  record: { file: 'record-of-processing.en.md', text: record },
  assessment: { file: 'impact-assessment.en.md', text: assessment },
  notice: { file: 'privacy-notice.en.md', text: notice },
};

function record(facts: GdprFacts): string {
  return paper('Record of processing activities (Article 30 UK GDPR and EU GDPR)', [
    ['', preface(facts)],
    ['Controller', bullets(CONTROLLER, '')],
    ['Purpose', 'Keeping a family’s own papers findable, and answering their own questions from them.'],
    [
      'Whose data',
      bullets(
        [
          `${facts.people} ${facts.people === 1 ? 'person uses' : 'people use'} it, ${facts.admins} as ${facts.admins === 1 ? 'an admin' : 'admins'}`,
          'people named in their papers (relatives, doctors, landlords, companies)',
        ],
        '',
      ),
    ],
    ['Which data', bullets(dataKept(facts), '')],
    ['Who receives it', bullets(recipients(facts), '')],
    ['Transfers to other countries', transfers(facts)],
    ['How long', retentionTable(facts)],
    ['Security (Article 32), as found on this day', measures(facts)],
    ['What this record does not know', bullets(unknown(facts), '')],
  ]);
}

function assessment(facts: GdprFacts): string {
  return paper('Data protection impact assessment (Article 35), pre-filled', [
    ['', preface(facts)],
    ['What is done', `${description(facts)}\n\n${bullets(dataKept(facts), '')}`],
    [
      'Why, and whether less would do',
      'The text of papers is kept so that a question can be answered with its place. Files themselves are not kept. Vectors and word indexes are made from the text, lie in the same encrypted file, and go with it. Nobody is profiled and nothing is decided about anybody.',
    ],
    ['Risks and what stands against them', risks(facts)],
    ['Security, as found on this day', measures(facts)],
    ['Rights of the people concerned', rights(facts)],
    [
      'To be decided by the controller',
      bullets(
        [
          `Is the remaining risk acceptable? ${fill('yes or no, and why')}`,
          `Opinion of the people concerned: ${fill('who was asked, what they said')}`,
          `Date of the next review: ${fill('date')}`,
          `Signed: ${fill('name, date')}`,
        ],
        '',
      ),
    ],
    ['What this assessment does not know', bullets(unknown(facts), '')],
  ]);
}

function notice(facts: GdprFacts): string {
  return paper('Privacy notice (Articles 13 and 14)', [
    ['', preface(facts)],
    ['Who is responsible', bullets(CONTROLLER, '')],
    ['What is processed, and what for', `${description(facts)}\n\n${bullets(dataKept(facts), '')}`],
    [
      'On which ground',
      `${fill('for example consent, Article 6(1)(a) and, for health papers, 9(2)(a); a purely personal or household activity is outside of the GDPR by Article 2(2)(c)')}`,
    ],
    ['Who receives it', `${bullets(recipients(facts), '')}\n\n${transfers(facts)}`],
    ['How long', retentionTable(facts)],
    [
      'Your rights',
      `${rights(facts)}\n\nYou may complain to a supervisory authority: in the United Kingdom the Information Commissioner’s Office; elsewhere ${fill('your authority')}.`,
    ],
    [
      'Decisions by machines',
      'None. A language model, where there is one, only words answers from your own papers; each sentence is compared with the passage it rests on before it is shown, and may still be wrong.',
    ],
    ['What this notice does not know', bullets(unknown(facts), '')],
  ]);
}

function preface(facts: GdprFacts): string {
  return `Written by Kinkeeper on ${day.format(facts.at)} from the settings and the state of this installation. It is no legal advice. What is marked “to be filled in” nobody but you can know; check the rest.`;
}

function description({ bot, documents }: GdprFacts): string {
  const kept = documents === undefined ? '' : ` ${documents} documents were kept when it last counted.`;
  return `People send papers to the Matrix account ${bot ?? '(not set up yet)'} in end-to-end encrypted chats. It reads them in a locked process, keeps their text encrypted under a key of each person’s own, forgets the files, and answers that person’s questions from that person’s papers and from what others lent them. In a family room it answers from what was sent into that room.${kept}`;
}

function dataKept({ models }: GdprFacts): string[] {
  return [
    'text, name, size, dates and fingerprint of the papers people send, with notes; these may hold special categories (Article 9), such as health',
    'questions and answers, and answers marked as bad',
    models?.embedding
      ? `vectors made from the texts by ${models.embedding.name}`
      : 'word indexes and word vectors made from the texts',
    'loans: who lends which paper to whom until when, with a read-only copy under a key of its own',
    'family rooms: the papers sent there and what was asked there, under a key of the room’s own, and who sent what',
    'Matrix address, role, language, times of joining, and the public key of the Matrix identity by which somebody is known',
    'an audit trail: who did which administrative, destructive or access act, when, with what outcome; never content',
    'records of jobs and alerts: counts, sizes and failures',
  ];
}

function recipients({ homeserver, models, index }: GdprFacts): string[] {
  return [
    `the homeserver ${homeserver ?? '(not set up yet)'}: encrypted messages, and who talks to the bot when`,
    ...(models === undefined
      ? ['language and embedding models: not known, because the bot has not run yet']
      : [
          model('answers are worded by', models.answering, 'no language model: answers are the passages themselves'),
          model('vectors are made by', models.embedding, 'no embedding model'),
        ]),
    ...(index === undefined ? [] : [`the Qdrant server ${index}: sealed passages, keyed words, turned vectors`]),
    'other people of the household: papers that somebody lends them, for reading, and what is sent into family rooms that they are in',
    `the hoster of the server: ${fill('name, address, contract (Article 28)')}`,
  ];
}

function model(what: string, used: ModelFact | null, none: string): string {
  if (used === null) return none;
  return used.host === null
    ? `${what} ${used.name} on this server: nobody receives anything`
    : `${what} ${used.name} on ${used.host}, which receives the texts for it in the clear`;
}

function transfers({ models, homeserver }: GdprFacts): string {
  const hosts = [models?.answering?.host, models?.embedding?.host, homeserver].filter(
    (host) => typeof host === 'string',
  );
  return `In which countries these stand is not known to Kinkeeper: ${fill(`country and safeguard for ${[...new Set(hosts), 'the hoster'].join(', ')}`)}.`;
}

function retentionTable({ retention: { person, house }, erase, makesBackups }: GdprFacts): string {
  const own = ({ kept, least, most }: (typeof person)['chat']) =>
    `${age(kept)}; people may choose ${range(least, most)}`;
  const rows = [
    ['documents and all that is made of them', own(person.documents)],
    ['questions and answers', own(person.chat)],
    ['answers marked as bad', own(person.badAnswers)],
    ['lent copies', 'to the day named, or until one of the two ends it; at once when the paper is forgotten'],
    [
      'family rooms',
      `until who sent a paper has it forgotten there; all of it ${length(EMPTY_ROOM_KEPT_MS)} after the last person of the household left`,
    ],
    [
      'everything about somebody who wants to be erased',
      `${length(erase.coolingOffMs)} in which they can take it back`,
    ],
    [
      'everything about somebody whom an admin removed',
      `sealed for ${length(erase.afterRemovalMs)}, in which they can be let in again`,
    ],
    [
      'that somebody was erased: a receipt and a mark that keeps a backup from bringing them back',
      'as long as this installation; both name nobody to who has not their address and its keys',
    ],
    ['audit trail', age(house.audit)],
    ['records of jobs', age(house.jobs)],
    ['alerts that are over', age(house.alerts)],
    ['which messages were handled', age(house.ids)],
    ['daily figures of the house: sizes, counts and answer times of everybody together', age(DAILY_KEPT_DAYS)],
  ];
  const backups = makesBackups
    ? 'Backups may hold what was removed until they are removed themselves: see the settings `backup`.'
    : 'This version makes no backups itself; whether the server is backed up in another way is not known.';
  return `${table(['what', 'kept for'], rows)}\n\nWhat was kept long enough is removed hourly; documents are named to their person a week before. In family rooms the same ages hold for everybody, without a choice (what was asked there goes a day before its messages’ ids at the latest); documents are named in the room. ${backups}`;
}

function measures({ findings, auditRows, passphrase }: GdprFacts): string {
  const good = findings.filter(({ status }) => status === 'ok').map(({ check, says }) => `${check}: ${says}`);
  const bad = findings
    .filter(({ status }) => status !== 'ok')
    .map(({ check, says, fix }) => `${check}: ${says}${fix ? ` – ${fix}` : ''}`);
  return [
    bullets(
      [
        'everything kept lies in encrypted files (AEGIS), one key per person, wrapped by a master key that a passphrase opens',
        passphrase === 'file'
          ? 'the passphrase lies in a file or credential of the server'
          : 'the passphrase is typed in at every start and stored nowhere',
        auditRows === undefined
          ? '**the audit trail is broken: find out who changed it**'
          : `the audit trail was verified: ${auditRows} ${auditRows === 1 ? 'row' : 'rows'}, whole`,
        ...good,
      ],
      '',
    ),
    `Not as it should be:\n\n${bullets(bad, 'nothing that `kinkeeper doctor` looks at')}`,
  ].join('\n\n');
}

function risks(facts: GdprFacts): string {
  const remote = [facts.models?.answering, facts.models?.embedding].filter((one) => one?.host);
  return table(
    ['risk', 'what stands against it', 'what remains'],
    [
      [
        'the disk or a backup is stolen',
        'encrypted files; keys opened by a passphrase',
        facts.passphrase === 'file'
          ? 'a thief of the whole running server may find the passphrase file as well'
          : 'sizes, times, number of people',
      ],
      [
        'an admin reads along',
        'admins see counts and failures, never words',
        'whoever is root on the running machine can read its memory',
      ],
      ['another family member sees papers', 'a file and a key for each person', 'what people show each other'],
      [
        'a lent paper goes further than meant',
        'a loan is for reading, without notes, for one person, and only to a day where that was said; ending it destroys the copy and its key at once',
        'what was answered or copied before',
      ],
      [
        'a paper is sent into a family room by mistake',
        'nothing of anybody’s own papers appears there; who sent a paper can have it forgotten; with somebody unknown in the room nothing is read or answered; who left can ask nothing',
        'the messages of the room, which everybody in it has seen',
      ],
      [
        'the homeserver is taken over',
        'end-to-end encryption, to verified devices only',
        'who talks to the bot and when',
      ],
      ['a file attacks its reader', 'read in a locked process of its own', 'that one file is not read'],
      [
        'a model sends texts elsewhere',
        remote.length === 0
          ? 'no model on another machine is in use'
          : `**texts go to ${[...new Set(remote.map((one) => one?.host))].join(', ')}**`,
        remote.length === 0 ? 'none' : 'what is done with them there',
      ],
      [
        'a wrong answer is believed',
        'sentences are compared with their passage; the place is shown',
        'the reader has to look',
      ],
      ['data is kept too long', 'retention above, shown and changed in chat', 'copies that people made themselves'],
    ],
  );
}

function rights({ erase }: GdprFacts): string {
  return bullets(
    [
      'see: `!privacy`, `!files`, `!show`, `!shares`, `!audit` in one’s own chat',
      'take: `!export`',
      'correct: send a newer file of the same name; `!keep` uses the earlier version again',
      'erase: `!forget`, `!forget all`, `!forget chat`, or delete the message with the file; `!forget` in a family room for what one sent there',
      'end what one lends or borrows: `!unshare`',
      `erase everything, and leave: \`!delete-me\`; it can be taken back for ${length(erase.coolingOffMs)}, and ends with a signed receipt`,
      'limit how long: `!retention`',
      `object: tell an admin, who can also remove one from the household; then everything is erased after ${length(erase.afterRemovalMs)}`,
    ],
    '',
  );
}

function unknown({ models, makesBackups }: GdprFacts): string[] {
  return [
    'name and address of the controller, and whether the GDPR applies at all (purely personal or household use)',
    'the hoster, its country and the contract with it',
    'who can enter the room or the account that the server stands in',
    ...(makesBackups ? [] : ['whether and where the server is backed up']),
    ...(models === undefined ? ['which models read the texts: the bot has not run yet'] : []),
    'what the papers are about: Kinkeeper looks at nobody’s content for this paper',
  ];
}

/** What people may choose, as the end of a sentence. */
function range(least: Age, most: Age): string {
  if (least === most) return 'nothing else';
  return most === 'forever' ? `${age(least)} or longer, also without an end` : `from ${age(least)} to ${age(most)}`;
}

/** Milliseconds in days, or in hours where they are no whole days. */
function length(milliseconds: number): string {
  const hours = Math.round(milliseconds / 3_600_000);
  if (hours === 0) return 'no time';
  const [count, unit] = hours % 24 === 0 ? [hours / 24, 'day'] : [hours, 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function age(value: Age): string {
  return value === 'forever' ? 'until the person says otherwise' : writeAge(value);
}
