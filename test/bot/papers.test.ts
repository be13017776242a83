import { describe, expect, test } from 'vitest';
import { say } from '../../bot/wording/say.ts';
import { encryptedPdf } from '../core/ingest/encrypted-pdf.ts';
import { makeMail } from '../core/ingest/make-mail.ts';
import { CHAT } from './dispatcher-side.ts';
import { eventually } from './eventually.ts';
import { ADA, text } from './matrix/sample-events.ts';
import { useStage } from './use-stage.ts';

// Documents over time, as a person sees them in their chat.

const stage = useStage();
const redaction = (target: string) =>
  text(`$redact ${target}`, { type: 'm.room.redaction', redacts: target, content: { redacts: target } });
const words = (key: Parameters<typeof say>[1]) => say('en', key as 'greeting').replaceAll(/[*`]/g, '');
const ada = () => stage().home.state.control.people.callerFor(ADA)!;
const numbers = () => stage().home.state.vault.read(ada(), (reader) => reader.documents().map(({ number }) => number));
const replaced = () =>
  stage().home.state.vault.read(ada(), (reader) =>
    reader.replacedDocuments().map(({ number, replacedBy }) => [number, replacedBy]),
  );
/** Sends an event, waits until all is done, and returns what was said since. */
async function said(...events: Parameters<ReturnType<typeof stage>['arrive']>[1][]): Promise<string[]> {
  const before = stage().server.sent.length;
  await stage().arrive(CHAT, ...events);
  return (await stage().settle()).slice(before);
}
const replyTo = (event: string) => ({ 'm.relates_to': { 'm.in_reply_to': { event_id: event } } });

describe('the same file again', () => {
  test('is recognised under any name, kept once, and forgotten with the last message that brought it', async () => {
    const first = await stage().file('The rent is due on the first.', { name: 'rent.txt' });
    const second = await stage().file('The rent is due on the first.', { name: 'copy of rent.txt' });
    await said(first);
    const [again] = await said(second);
    expect(again).toMatch(/^I know rent\.txt already: it is document 1, kept since /);
    expect(stage().documents()).toEqual(['rent.txt']);
    expect((await said(redaction(first.event_id)))[0]).toMatch(/another one still stands, so I keep it \(document 1\)/);
    expect(stage().documents()).toEqual(['rent.txt']);
    expect((await said(redaction(second.event_id)))[0]).toMatch(/^You deleted the message, so I forgot rent\.txt/);
    expect(stage().documents()).toEqual([]);
    // Neither comes back by a repeat of its event.
    await said(first, second);
    expect(stage().documents()).toEqual([]);
  });

  test('sent again after it was forgotten is a new document', async () => {
    await said(await stage().file('The rent is due on the first.'));
    await said(await stage().say('!forget 1'));
    expect((await said(await stage().file('The rent is due on the first.')))[0]).toMatch(/It is document 2/);
  });

  test('an earlier version that came again says so when the bot was killed before it said it', async () => {
    await said(await stage().file('The rent is 900 Euro.', { name: 'rent.txt' }));
    await said(await stage().file('The rent is 950 Euro.', { name: 'rent.txt' }));
    const { inbox } = stage().home;
    const finish = inbox.finish.bind(inbox);
    inbox.finish = () => {
      throw Object.assign(new Error('killed'), { code: 'SQLITE_FULL' });
    };
    stage().home.clock.now += 1000;
    await said(await stage().file('The rent is 900 Euro.', { name: 'rent.txt' }));
    inbox.finish = finish;
    stage().start();
    await stage().dispatcher.pump();
    const shown = (await stage().settle()).at(-1);
    expect(shown).toMatch(/document 1, kept since.*I use it again now, in place of document 2/s);
    expect([numbers(), replaced()]).toEqual([[1], [[2, 1]]]);
  });

  test('says the same when the bot was killed before it said it', async () => {
    await said(await stage().file('The rent is due on the first.'));
    const { inbox } = stage().home;
    const finish = inbox.finish.bind(inbox);
    inbox.finish = () => {
      throw Object.assign(new Error('killed'), { code: 'SQLITE_FULL' });
    };
    await said(await stage().file('The rent is due on the first.'));
    inbox.finish = finish;
    stage().start();
    await stage().dispatcher.pump();
    expect((await stage().settle()).at(-1)).toMatch(/^I know letter\.txt already: it is document 1/);
    expect(numbers()).toEqual([1]);
  });
});

test('a mail is shown with the names of its headers in the language of its reader', async () => {
  const mail = makeMail({ subject: 'Boiler', text: 'The boiler is serviced in May.\nFrom: nobody' });
  await said(await stage().file(mail, { name: 'boiler.eml' }));
  expect((await said(await stage().say('!show 1 1')))[0]).toMatch(/\nFrom: Ada .*\nTo: Ben .*\nDate: Sun/s);
  await said(await stage().say('!language german'));
  const page = (await said(await stage().say('!zeige 1 1')))[0];
  expect(page).toMatch(/\nVon: Ada .*\nAn: Ben .*\nDatum: Sun.*\nFrom: nobody/s);
  expect((await said(await stage().say('!zeige 1')))[0]).toMatch(/Boiler Von: Ada/);
});

describe('a newer version', () => {
  test('of the very same name takes the place of the older one, which can be kept beside it', async () => {
    await said(await stage().file('The rent is 900 Euro.', { name: 'rent.txt' }));
    const [newer] = await said(await stage().file('The rent is 950 Euro.', { name: 'rent.txt' }));
    expect(newer).toMatch(/It takes the place of document 1 from .*, which has the same name.*!keep 1/s);
    expect([numbers(), replaced()]).toEqual([[2], [[1, 2]]]);
    expect((await said(await stage().say('!files')))[0]).toMatch(/1 rent\.txt .*replaced by 2\n.*2 rent\.txt/s);
    expect((await said(await stage().say('!keep 1')))[0]).toMatch(/is used for answers again/);
    expect(numbers()).toEqual([1, 2]);
    expect((await said(await stage().say('!keep 1')))[0]).toMatch(/is in use already/);
  });

  test('that is deleted brings the older one back; the older one’s message forgets just that', async () => {
    const older = await stage().file('The rent is 900 Euro.', { name: 'rent.txt' });
    const newer = await stage().file('The rent is 950 Euro.', { name: 'rent.txt' });
    await said(older, newer);
    expect((await said(redaction(newer.event_id)))[0]).toMatch(/I forgot rent\.txt.*document 1, is used again/s);
    expect([numbers(), replaced()]).toEqual([[1], []]);
    await said(await stage().file('The rent is 999 Euro.', { name: 'rent.txt' }));
    expect(replaced()).toEqual([[1, 3]]);
    await said(redaction(older.event_id));
    expect([numbers(), replaced()]).toEqual([[3], []]);
  });

  test('is replaced itself by the older one when that is sent again', async () => {
    await said(await stage().file('The rent is 900 Euro.', { name: 'rent.txt' }));
    await said(await stage().file('The rent is 950 Euro.', { name: 'rent.txt' }));
    const [again] = await said(await stage().file('The rent is 900 Euro.', { name: 'rent.txt' }));
    expect(again).toMatch(/document 1, kept since.*I use it again now, in place of document 2/s);
    expect([numbers(), replaced()]).toEqual([[1], [[2, 1]]]);
  });

  test.each([
    ['energy_bill_2024-01.txt', 'energy_bill_2024-02.txt', 'The electricity of February cost 79 Euro, says the bill.'],
    ['HomeShield 2023-24.txt', 'HomeShield 2024-25.txt', 'The electricity of January costs 84 Euro, says the bill.'],
    ['scan.txt', 'scan.txt', 'Dear Ada, the choir meets on Tuesday evening at eight.'],
    ['IMG_0001.txt', 'IMG_0001.txt', 'Dear Ada, the choir meets on Tuesday evening at eight.'],
    ['Rechnung.txt', 'Rechnung.txt', 'Dear Ada, the choir meets on Tuesday evening at eight.'],
    ['my invoice.txt', 'my invoice.txt', 'Dear Ada, the choir meets on Tuesday evening at eight.'],
    ['Vertrag.txt', 'Vertrag.txt', 'Dear Ada, the choir meets on Tuesday evening at eight.'],
    ['Krankmeldung.txt', 'Krankmeldung.txt', 'Dear Ada, the choir meets on Tuesday evening at eight.'],
    ['Permission slip.txt', 'Permission slip.txt', 'Dear Ada, the choir meets on Tuesday evening at eight.'],
    ['Linden Street 4.txt', 'Linden Street 4.txt', 'Dear Ada, the choir meets on Tuesday evening at eight.'],
  ])('is not seen in %s and %s', async (one, other, second) => {
    await said(await stage().file('The electricity of January cost 81 Euro, says the bill.', { name: one }));
    const [shown] = await said(await stage().file(second, { name: other }));
    expect(numbers()).toEqual([1, 2]);
    expect(shown).not.toMatch(/place of|another version/);
  });

  const statement = (month: string, balance: number) =>
    `Account 4711 of Ada: statement of ${month}. Balance on 28 ${month}: ${balance} Euro. The bank is open on weekdays from nine to four.`;

  test.each([
    'Kontoauszug.txt',
    'Sparkasse Kontoauszug.txt',
    'Laborbericht.txt',
    'scan.txt',
  ])('is not seen in the next month’s %s, which is mentioned; a corrected one is seen', async (name) => {
    await said(await stage().file(statement('January 2024', 900), { name }));
    const [shown] = await said(await stage().file(statement('February 2024', 800), { name }));
    expect(shown).toMatch(
      /Document 1 from .+ has the same name, but other dates, numbers or names stand in it\. I use both/,
    );
    expect(numbers()).toEqual([1, 2]);
    const [corrected] = await said(await stage().file(statement('January 2024', 950), { name }));
    expect(corrected).toMatch(/takes the place of document 1/);
    expect([numbers(), replaced()]).toEqual([[2, 3], [[1, 3]]]);
  });

  test('is not seen in the same form for another child, which is mentioned', async () => {
    const note = (child: string) =>
      `Sick note for ${child} Meier. The child has a cold and stays at home until the end of this week.`;
    await said(await stage().file(note('Emma'), { name: 'sick note.txt' }));
    const [shown] = await said(await stage().file(note('Paul'), { name: 'sick note.txt' }));
    expect(shown).toMatch(
      /Document 1 from .+ has the same name, but other dates, numbers or names stand in it\. I use both/,
    );
    expect(numbers()).toEqual([1, 2]);
  });

  test.each([
    [
      'Mietvertrag.txt',
      'Contract between Ada Kranz and Otto Berg for the flat in Linden Street from 1.3.2024 to 28.2.2027. The rent is 900 Euro, signed on 9.1.2024.',
      'Contract between Ada Kranz and Otto Berg for the flat in Linden Street from 1.3.2024 to 28.2.2027. The rent is 950 Euro, signed on 12.1.2024.',
    ],
    [
      'Price list.csv',
      'Article,Price\nHammer with oak handle,20\nSaw for fine wood,31\nBox of long nails,4\nGarden hose,25\n',
      'Article,Price\nHammer with oak handle,22\nSaw for fine wood,33\nBox of long nails,4\nGarden hose,27\nLadder,80\n',
    ],
  ])('is seen in a corrected %s', async (name, one, other) => {
    await said(await stage().file(one, { name }));
    expect((await said(await stage().file(other, { name })))[0]).toMatch(/takes the place of document 1/);
    expect([numbers(), replaced()]).toEqual([[2], [[1, 2]]]);
  });

  test('under another name is mentioned, and both are kept', async () => {
    const letter = (rent: number) =>
      `The rent for the flat in Linden Street is ${rent} Euro a month and is due on the third working day of each month.`;
    await said(await stage().file(letter(900), { name: 'Contract.txt' }));
    const [second] = await said(await stage().file(letter(950), { name: 'Contract_v2 (1).txt' }));
    expect(second).toMatch(/looks like another version of Contract\.txt \(document 1\)\. I use both/);
    expect(numbers()).toEqual([1, 2]);
  });
});

describe('captions', () => {
  test('that ask are asked about the file just sent', async () => {
    const event = await stage().file('The rent is due on the first.', { caption: 'When is it due?' });
    await said(event);
    expect(stage().askedAbout).toEqual([event.event_id]);
  });

  test.each([
    'Summarise this',
    'Bitte kurz zusammenfassen',
  ])('that ask without a mark are no notes: %j', async (caption) => {
    const event = await stage().file('The rent is due on the first.', { caption });
    const [kept] = await said(event);
    expect(stage().askedAbout).toEqual([event.event_id]);
    expect(kept).not.toContain('as a note');
  });

  test('that ask are stopped like other questions, while the file is read or they are answered; it is kept', async () => {
    const signals: AbortSignal[] = [];
    stage().ask = (_caller, _question, { signal }) => {
      signals.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const { prepare } = stage();
    const reading = Promise.withResolvers<void>();
    stage().prepare = async (file, options) => {
      await reading.promise;
      return prepare(file, options);
    };
    const stop = async () => {
      await stage().arrive(CHAT, await stage().say('!stop'));
      await stage().lanes.commands.drained();
    };
    await stage().arrive(CHAT, await stage().file('The rent is 900.', { name: 'a.txt', caption: 'When is it due?' }));
    await stop();
    reading.resolve();
    await stage().lanes.files.drained();
    expect([stage().documents(), signals]).toEqual([['a.txt'], []]);
    await stage().arrive(CHAT, await stage().file('The door is red.', { name: 'b.txt', caption: 'When is it due?' }));
    await eventually(() => signals.length).toBe(1);
    await stop();
    const shown = await stage().settle();
    expect(signals[0]!.aborted).toBe(true);
    expect(stage().documents()).toEqual(['a.txt', 'b.txt']);
    expect(shown.filter((one) => one.startsWith('Stopped'))).toHaveLength(2);
    expect(shown.join('\n')).toMatch(/I read a\.txt.*I read b\.txt/s);
    expect(shown.join('\n')).not.toMatch(/nothing to stop|reference/);
    expect(stage().dispatcher.stopQuestions(ADA)).toEqual({ running: 0, waiting: 0, exports: 0 });
  });

  test('that say something are kept as a note, found and shown', async () => {
    const [kept] = await said(await stage().file('The rent is due on the first.', { caption: 'from aunt Frieda' }));
    expect(kept).toContain('I keep what you wrote with it as a note.');
    const found = stage().home.state.vault.read(ada(), (reader) =>
      reader
        .passages(reader.lexical(['frieda'], 9).map(({ passage }) => passage))
        .map(({ page, text: own }) => [page, own]),
    );
    expect(found).toContainEqual(['your note', 'from aunt Frieda']);
    expect((await said(await stage().say('!show 1')))[0]).toContain('your note: from aunt Frieda');
    expect((await said(await stage().say('!files frieda')))[0]).toContain('letter.txt');
  });

  test('of a file that is known are added to its note', async () => {
    await said(await stage().file('The rent is due on the first.'));
    await said(await stage().file('The rent is due on the first.', { caption: 'from aunt Frieda' }));
    expect((await said(await stage().say('!show 1')))[0]).toContain('your note: from aunt Frieda');
  });

  test('go with their message where another one of the same file stands', async () => {
    const first = await stage().file('The rent is due on the first.', { caption: 'from aunt Frieda' });
    await said(first, await stage().file('The rent is due on the first.', { caption: 'for the landlord' }));
    const [shown] = await said(redaction(first.event_id));
    expect(shown).toMatch(/another one still stands.*The note that you wrote with the deleted one is forgotten/);
    const about = (word: string) => stage().home.state.vault.read(ada(), (reader) => reader.lexical([word], 9).length);
    expect([about('frieda'), about('landlord') > 0, about('rent') > 0]).toEqual([0, true, true]);
    expect((await said(await stage().say('!show 1')))[0]).not.toContain('Frieda');
  });

  test('a reply to a file’s message, or to what was said about it, asks about that file', async () => {
    const event = await stage().file('The rent is due on the first.');
    await said(event);
    await said(await stage().say('When is it due?', replyTo(event.event_id)));
    await said(await stage().say('And how much is it?', replyTo('$sent1')));
    await said(await stage().say('And the deposit?'));
    expect(stage().askedAbout).toEqual([event.event_id, event.event_id, undefined]);
  });
});

describe('a locked file', () => {
  const locked = () => stage().file(encryptedPdf, { name: 'locked.pdf', caption: 'its password is zebra' });

  test('asks for its password, is opened with it, and nothing of the password is kept or logged', async () => {
    const file = await locked();
    const [ask] = await said(file);
    expect(ask).toMatch(
      /^I could not keep locked\.pdf yet: the file is locked with a password\. Reply to this message/,
    );
    // What is kept while it waits is what downloading takes, and a caption only when it asks something.
    const [waiting] = stage().home.db.prepare('SELECT content FROM locked_files').pluck().all() as string[];
    expect(Object.keys(JSON.parse(waiting!)).sort()).toEqual(['body', 'file', 'filename', 'info', 'msgtype']);
    expect(waiting).not.toContain('zebra');
    const wrong = await stage().say('!password xylophone');
    expect((await said(wrong))[0]).toMatch(/^That password does not open locked\.pdf/);
    const [kept, now] = await said(await stage().say('!password user'));
    expect(kept).toMatch(/^I read locked\.pdf.*delete your message with it/s);
    expect(now).toBe('* locked.pdf was locked; with its password I could read it, and it is kept now.');
    const edited = `SELECT first.event_id FROM outbox AS edit JOIN outbox AS first ON edit.edit_of = first.transaction_id`;
    expect(stage().home.db.prepare(edited).pluck().all()).toEqual(['$sent1']);
    expect(stage().documents()).toEqual(['locked.pdf']);
    expect(stage().asked).toEqual([]);
    expect(stage().logged.join()).not.toMatch(/xylophone|"user"/);
    const dump = JSON.stringify(
      ['events', 'outbox', 'locked_files', 'password_messages'].map((table) =>
        stage().home.db.prepare(`SELECT * FROM ${table}`).all(),
      ),
    );
    expect(dump).not.toContain('xylophone');
    // The key of the attachment went with the waiting.
    expect(stage().home.db.prepare('SELECT content FROM locked_files').pluck().all()).toEqual([null]);
    expect((await said(await stage().say('!password user')))[0]).toMatch(/^No file of yours waits/);
  });

  test('is opened by a reply to what asked, whatever the password looks like, and an edit of it is no question', async () => {
    await said(await locked());
    const ask = '$sent1';
    const reply = await stage().say('user', replyTo(ask));
    expect((await said(reply))[0]).toMatch(/^I read locked\.pdf/);
    const edit = await stage().say('* user2', {
      'm.new_content': { msgtype: 'm.text', body: 'user2' },
      'm.relates_to': { rel_type: 'm.replace', event_id: reply.event_id },
    });
    expect((await said(edit))[0]).toBe(words('message.edited-command'));
    expect(stage().asked).toEqual([]);
  });

  test('is opened by a reply to the file itself, or to what was said about a wrong password', async () => {
    const file = await locked();
    await said(file);
    const [wrong] = await said(await stage().say('xylophone', replyTo(file.event_id)));
    expect(wrong).toMatch(/^That password does not open locked\.pdf.*reply to this message/);
    const again = await said(await stage().say('quagga', replyTo('$sent2')));
    expect(again[0]).toMatch(/^That password does not open locked\.pdf/);
    expect((await said(await stage().say('user', replyTo('$sent3'))))[0]).toMatch(/^I read locked\.pdf/);
    const dump = JSON.stringify(stage().home.db.prepare('SELECT * FROM password_messages').all());
    expect(dump).not.toMatch(/xylophone|quagga/);
    // Once it is open, a reply to the file is a question about it, or small talk.
    await said(await stage().say('what is it about', replyTo(file.event_id)));
    expect(stage().asked.map((one) => one.text)).toEqual(['what is it about']);
  });

  test('leaves questions questions, and takes what is in doubt for neither', async () => {
    await said(await locked());
    for (const doubtful of [
      'sunshine1',
      'the password is sunshine1',
      'PIN 4711',
      'correct horse battery',
      '!hunter22',
    ]) {
      expect((await said(await stage().say(doubtful)))[0]).toBe(words('password.unclear'));
    }
    expect((await said(await stage().say('Is that it?', replyTo('$sent1'))))[0]).toBe(words('password.unclear'));
    expect(stage().asked).toEqual([]);
    await said(
      await stage().say('When is the rent due?'),
      await stage().say('how much is the rent'),
      await stage().say('thanks'),
    );
    expect(stage().asked.map((one) => one.text)).toEqual(['When is the rent due?', 'how much is the rent', 'thanks']);
  });

  test('takes what is sent while it is still read for a question only when it turns out not to be locked', async () => {
    const [file, password] = [await locked(), await stage().say('Hund-Katze-Maus')];
    const shown = await said(file, password);
    await eventually(() => stage().home.inbox.counts().open).toBe(0);
    const after = [...shown, ...(await stage().settle())].join();
    expect(after).toContain(words('password.unclear'));
    expect(stage().asked).toEqual([]);
    const dump = JSON.stringify(
      ['events', 'outbox', 'password_messages'].map((table) => stage().home.db.prepare(`SELECT * FROM ${table}`).all()),
    );
    expect(dump).not.toContain('Katze');
  });

  test('holds what may be a password only until the file is read, and not when it is taken back or stopped', async () => {
    const read = Promise.withResolvers<void>();
    const { prepare } = stage();
    stage().prepare = async (...args) => {
      await read.promise;
      return prepare(...args);
    };
    const [deleted, stopped, rent] = [
      await stage().say('first'),
      await stage().say('second'),
      await stage().say('rent'),
    ];
    await stage().arrive(
      CHAT,
      await stage().file('The rent is due on the first.'),
      deleted,
      redaction(deleted.event_id),
    );
    await stage().lanes.commands.drained();
    await stage().arrive(CHAT, stopped, await stage().say('!stop'));
    await stage().lanes.commands.drained();
    await stage().arrive(CHAT, rent);
    expect(stage().asked).toEqual([]);
    read.resolve();
    await eventually(() => stage().home.inbox.counts().open).toBe(0);
    expect(stage().asked.map((one) => one.text)).toEqual(['rent']);
  });

  test('waits half an hour, and not for a message that was deleted', async () => {
    const file = await locked();
    await said(file);
    expect((await said(redaction(file.event_id)))[0]).toBe(words('forgotten.before-reading'));
    expect((await said(await stage().say('!password user')))[0]).toMatch(/^No file of yours waits/);
    await said(await locked());
    stage().home.clock.now += 31 * 60_000;
    stage().dispatcher.tick();
    expect(stage().home.db.prepare('SELECT content FROM locked_files').pluck().all()).toEqual([null, null]);
    expect((await said(await stage().say('!password user')))[0]).toMatch(/^No file of yours waits/);
    // A late reply is no question either.
    expect((await said(await stage().say('user', replyTo('$sent1'))))[0]).toMatch(/^No file of yours waits/);
    expect([stage().documents(), stage().asked]).toEqual([[], []]);
  });

  test('that was opened stays when the message with the password is deleted', async () => {
    await said(await locked());
    const password = await stage().say('!password user');
    await said(password);
    await said(redaction(password.event_id));
    expect(stage().documents()).toEqual(['locked.pdf']);
    expect(stage().server.count(/redact/)).toBe(0);
  });
});

describe('many files', () => {
  test('keep their order, go on after a failure, and end in one summary', async () => {
    const good = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => stage().file(`Paper number ${n} of ${n * 7}.`, { name: `paper ${n}.txt` })),
    );
    const empty = await stage().file('', { name: 'empty.txt' });
    await stage().arrive(CHAT, ...good.slice(0, 2), empty, ...good.slice(2));
    await stage().settle();
    expect(stage().documents()).toEqual([1, 2, 3, 4, 5].map((n) => `paper ${n}.txt`));
    await eventually(() => stage().home.outbox.length()).toBe(1);
    const shown = await stage().settle();
    expect(shown).toHaveLength(7);
    expect(shown.at(-1)).toBe('That was 6 files: 5 kept, 1 not kept.\nNot kept: empty.txt. The reasons stand above.');
  });
});

describe('a scan', () => {
  test('is read in a lane of its own, so that texts behind it are kept first', async () => {
    const recognised = Promise.withResolvers<void>();
    const { prepare } = stage();
    stage().prepare = async (file, options) => {
      const prepared = await prepare(file, options);
      if (!file.name.startsWith('scan')) return prepared;
      if (options.ocr === 'no') return { ...prepared, scanned: Array.from({ length: 20 }, (_, at) => String(at + 1)) };
      await recognised.promise;
      return prepared;
    };
    await stage().arrive(
      CHAT,
      await stage().file('A long scan.', { name: 'scan of the deed.txt' }),
      await stage().file('The rent is due on the first.'),
    );
    await eventually(() => stage().documents().join()).toBe('letter.txt');
    expect(stage().lanes.scans.length()).toBe(1);
    // Answers say that they do not know of it yet; words that ask nothing do not.
    await stage().arrive(CHAT, await stage().say('Who signed the deed?'), await stage().say('Wer hat unterschrieben?'));
    await stage().arrive(CHAT, await stage().say('thanks'));
    await stage().lanes.questions.drained();
    recognised.resolve();
    const shown = await stage().settle();
    expect(shown).toContain(
      'answer to Who signed the deed?\n\nI was still reading scan of the deed.txt when I looked; ask again when it is kept if it was about that.',
    );
    expect(shown.join('\n')).toMatch(/Als ich nachsah, las ich noch scan of the deed\.txt; ging es darum, frag/);
    expect(shown).toContain('answer to thanks');
    expect((await said(await stage().say('Who signed the deed?')))[0]).toBe('answer to Who signed the deed?');
    expect(stage().documents()).toEqual(['letter.txt', 'scan of the deed.txt']);
    expect(shown.join('\n')).toMatch(/I read scan of the deed\.txt/);
  });
});

describe('full depth', () => {
  test('is told once, as an edit of what was said, when it took long', async () => {
    stage().onStored = () => {};
    stage().start();
    await said(await stage().file('The rent is due on the first.'));
    stage().home.clock.now += 30_000;
    stage().dispatcher.tellDeep(ada().tenant, 1);
    stage().dispatcher.tellDeep(ada().tenant, 1);
    const shown = await stage().settle();
    expect(shown).toHaveLength(2);
    expect(shown[1]).toMatch(/^\* I read letter\.txt[\s\S]*things said in other words are found as well\.$/);
    await said(await stage().file('Another letter, about the choir.', { name: 'choir.txt' }));
    stage().dispatcher.tellDeep(ada().tenant, 2);
    expect(await stage().settle()).toHaveLength(3);
  });
});
