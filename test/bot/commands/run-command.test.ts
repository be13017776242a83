import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIRMATION } from '../../../bot/commands/confirmed.ts';
import { COMMANDS } from '../../../bot/commands/index.ts';
import { parseArguments } from '../../../bot/commands/parse-arguments.ts';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { usageLine } from '../../../bot/commands/usage-line.ts';
import { messageContent } from '../../../bot/matrix/message-content.ts';
import { say, sayError } from '../../../bot/wording/say.ts';
import type { AppError } from '../../../core/errors.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { ADA, BEN, CEM, type Household, openHousehold } from './household.ts';

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
});
afterEach(() => home[Symbol.asyncDispose]());

async function reply(person: string, place: 'direct' | 'ops', line: string) {
  const [name = '', ...rest] = line.split(' ');
  return runCommand({ name, args: rest.join(' '), place, caller: home.callerOf(person) }, home.services);
}

const direct = async (person: string, line: string) => (await reply(person, 'direct', line)).text;
const ops = async (person: string, line: string) => (await reply(person, 'ops', line)).text;
const audit = () =>
  home.state.control.audit.recent(10).map(({ actor, action, target, outcome }) => [actor, action, target, outcome]);

function keep(person: string, name: string, texts: readonly string[] = ['one', 'two']): void {
  home.state.vault.write(home.callerOf(person), (writer) =>
    writer.addDocument(
      sampleDocument(`$${name}`, { name }),
      texts.map((text, position) => samplePassage(position, text)),
    ),
  );
}

describe('who may do what where', () => {
  it('refuses admin commands to members, in words, and notes the attempt to change something', async () => {
    for (const line of ['status', 'people', 'alerts', 'people add @eve:home.test admin', `people remove ${ADA}`]) {
      expect(await ops(CEM, line)).toBe('Only an admin may do that.');
    }
    expect(home.state.control.people.find('@eve:home.test')).toBeUndefined();
    expect(audit()).toEqual([
      [CEM, 'command.people-remove', '-', 'refused'],
      [CEM, 'command.people-add', '-', 'refused'],
    ]);
  });

  it('keeps commands at their place', async () => {
    expect(await direct(ADA, 'status')).toMatch(/ops room only/);
    expect(await ops(ADA, 'files')).toMatch(/direct chat with me only/);
  });

  it('suggests only what the person may do there', async () => {
    expect(await direct(CEM, 'fiels')).toContain('Did you mean `!files`?');
    expect(await direct(CEM, 'statu')).not.toContain('status');
    expect(await ops(ADA, 'statu')).toContain('`!status`');
    expect(await direct(CEM, 'x`**<b>')).toContain('“x\\`\\*\\*\\<b\\>”');
  });

  it('answers with notices, which no bot answers', async () => {
    expect((await reply(CEM, 'direct', 'help')).kind).toBe('notice');
  });
});

describe('arguments', () => {
  it.each([
    ['forget', /Something is missing.*`!forget <number>`/],
    [
      'forget many',
      /“many” is not a number.*20 documents at once: `!forget 3 5` or `!forget 7-9`\. `!files` shows the numbers; `!forget all` asks/,
    ],
    ['forget 0', /“0” is not a number/],
    ['forget -1', /is not a number/],
    ['keep 1 2', /what to do with “2”/],
    ['forget 1 x', /“1 x” is not a number/],
    ['forget 3-1', /is not a number/],
    ['forget 1-21', /more than 20 at once/],
    ['forget 1-999999999', /more than 20 at once/],
    ['language klingon', /I don't speak “klingon”/],
    ['whoami really', /what to do with “really”/],
  ])('%s', async (line, expected) => {
    expect(await direct(CEM, line)).toMatch(expected);
  });

  it('are explained in the language of the person', async () => {
    expect(await direct(BEN, 'vergiss viele')).toBe(
      '„viele“ ist keine Nummer aus der Liste. Möglich sind Nummern und Bereiche, 20 Dokumente auf einmal: `!vergiss 3 5` oder `!vergiss 7-9`. `!dateien` zeigt die Nummern; `!vergiss alles` fragt nach, bevor es alle vergisst.',
    );
  });

  it.each(['ben:home.test', '@ben:', '@ben:home.test/x', 'ben!'])('refuses %j as a person', async (given) => {
    expect(await ops(ADA, `people erase ${given}`)).toMatch(/not a full Matrix address/);
  });

  it.each([
    'ben',
    '@ben',
    'BEN',
  ])('takes %j for the one who is called so, wherever a person is named', async (given) => {
    expect(await ops(ADA, `people add ${given}`)).toBe('Nothing changed: `@ben:home.test` has that role already.');
    expect(await ops(ADA, `people confirm ${given}`)).toMatch(/^There is nothing to confirm: `@ben:home.test`/);
    expect(await ops(ADA, `people erase ${given}`)).toContain('`!people erase @ben:home.test yes ');
    expect(await ops(ADA, `people remove ${given}`)).toMatch(/^`@ben:home.test`/);
    expect(home.state.control.audit.recent(1)).toMatchObject([{ target: '@ben:home.test' }]);
  });

  it('asks for the whole address where several are called so, and finds the only one elsewhere', async () => {
    await ops(ADA, 'people add @fred:elsewhere.test');
    expect(await ops(ADA, 'people confirm fred')).toContain('`@fred:elsewhere.test`');
    await ops(ADA, 'people add @ben:elsewhere.test');
    await expect(ops(ADA, 'people erase ben')).rejects.toMatchObject({
      reason: 'person-several',
      facts: { people: '@ben:elsewhere.test, @ben:home.test' },
    });
    expect(await ops(ADA, 'people confirm @ben:elsewhere.test')).toContain('nothing to confirm');
    await expect(ops(ADA, 'people erase nobody')).rejects.toMatchObject({ reason: 'no-such-person' });
  });

  it.each(['bén', 'ben!', 'ben:home.test', '@ben:', '@b@en'])('takes %j for nobody', async (given) => {
    expect(await ops(ADA, `people add ${given}`)).toMatch(/not a full Matrix address/);
  });
});

describe('help', () => {
  it('shows choices in the words of the reader alone, and takes them in any language', async () => {
    for (const [language, own, other] of [
      ['en', /\[yes\]|\[all\]|\[dry\]|\[now\|done\|skip\|begin\]/, /\bja\b|alle\]|probe\]|jetzt/],
      ['de', /\[ja\]|\[alle\]|\[probe\]|\[jetzt\|erledigt\|auslassen\|beginnen\]/, /\[yes|yes\]|\[all\]|\[dry|\[now/],
    ] as const)
      for (const command of COMMANDS) {
        const line = usageLine(command, language).source;
        if (command.arguments.some(({ oneOf }) => oneOf?.some((word) => typeof word !== 'string')))
          expect(line).toMatch(own);
        expect(line).not.toMatch(other);
      }
    const [yes] = CONFIRMATION;
    const named = { known: [], server: 'home.test' };
    for (const word of ['yes', 'JA']) expect(parseArguments([yes], word, named)).toMatchObject({ ok: true });
    expect(parseArguments([yes], 'maybe', named)).toMatchObject({ ok: false, problem: { kind: 'choice' } });
  });

  it('lists for a member just what works in their chat', async () => {
    const text = await direct(CEM, 'help');
    for (const name of ['files', 'forget <number>', 'export [number]', 'whoami', 'privacy', 'language', 'help']) {
      expect(text).toContain(`\`!${name}`);
    }
    expect(text).not.toMatch(/!status|!people|!alerts/);
  });

  it('lists for an admin in the ops room the console', async () => {
    const text = await ops(ADA, 'help');
    expect(text).toContain('`!people add <@name:server> [admin]`');
    expect(text).not.toContain('!files');
  });

  it('names the jobs of a command that takes one, and the commands that begin with the same word', async () => {
    expect(await ops(ADA, 'help run')).toMatch(/The jobs: `health`, `backup`, `drill`, .* and `checklist`$/m);
    const [, below] = (await ops(ADA, 'help incident')).split('Besides:\n');
    expect(below).toMatch(/^- `!incident report .*$/m);
    expect(below).toMatch(/^- `!incident rehearse` .*$/m);
    expect(await direct(BEN, 'hilfe exportieren')).not.toMatch(/Aufgaben|Außerdem/);
  });

  it('explains one command, by any of its names', async () => {
    for (const name of ['forget', '!forget', 'vergiss', 'FORGET']) {
      const text = await direct(CEM, `help ${name}`);
      expect(text).toContain('For example: `!forget 3`');
      expect(text).toContain('`!vergiss`');
    }
    expect(await ops(ADA, 'help people add')).toContain('`!people add @ben:example.org`');
    expect(await direct(BEN, 'hilfe dateien')).toContain('Zum Beispiel: `!dateien`, `!dateien 2`, `!dateien Vertrag`');
    expect(await direct(BEN, 'hilfe hilfe')).toContain('`!hilfe vergiss`');
    await expect(direct(CEM, 'help status')).rejects.toMatchObject({ reason: 'no-such-command' });
  });
});

describe('documents', () => {
  it('are listed with numbers, for their owner only', async () => {
    keep(CEM, 'Rental_contract.pdf');
    expect(await direct(CEM, 'files')).toMatch(
      /1 document from you,\*\* with 2 passages:\n\n- \*\*1\*\* Rental\\_contract\.pdf \(pdf, 3 pages/,
    );
    expect(await direct(BEN, 'dateien')).toBe(
      'Ich kenne noch keine Dokumente von dir. Schick mir eins und ich lese es.',
    );
    expect(await direct(ADA, 'files')).not.toContain('Rental');
  });

  it('are listed in pages that stay under the size of a message', async () => {
    for (let n = 1; n <= 45; n++) keep(CEM, `${String(n).padStart(2, '0')}-${'文'.repeat(110)}.pdf`);
    const pages = await Promise.all([1, 2, 3].map((page) => direct(CEM, `files ${page}`)));
    for (const page of pages) expect(Buffer.byteLength(page)).toBeLessThan(10_000);
    expect(pages.join('\n').match(/^- \*\*\d+\*\*/gm)).toHaveLength(45);
    expect(pages[1]).toContain('`!files 3`');
    expect(pages[2]).not.toContain('shows the next');
    await expect(direct(CEM, 'files 4')).rejects.toMatchObject({ reason: 'no-such-page', facts: { pages: 3 } });
  });

  it('are forgotten for good, by number', async () => {
    keep(CEM, 'a.pdf');
    keep(CEM, 'b.pdf');
    expect(await direct(CEM, 'forget 1')).toBe(
      'Forgotten: **a.pdf** (document 1), with 2 passages, what I found it by, and what I remembered of our talk.\nDeleting the message that brought a file does the same.',
    );
    expect(await direct(CEM, 'files')).not.toContain('a.pdf');
    await expect(direct(CEM, 'forget 1')).rejects.toMatchObject({ code: 'not-found', reason: 'no-such-document' });
    expect(await direct(CEM, 'files')).toContain('**2** b.pdf');
  });

  it('are forgotten several at once, by numbers and stretches, and what went is said exactly', async () => {
    for (const name of ['a.pdf', 'b.pdf', 'c.pdf', 'd.pdf', 'e.pdf']) keep(CEM, name);
    keep(BEN, 'other.pdf');
    expect(await direct(CEM, 'forget 5, 2-3 and 9')).toBe(
      'Forgotten: **3 documents**, with 6 passages, what I found them by, and what I remembered of our talk:\n- **2** b.pdf\n- **3** c.pdf\n- **5** e.pdf\n\nI know no document 9 of yours.',
    );
    expect((await direct(CEM, 'files')).match(/\w\.pdf/g)).toEqual(['a.pdf', 'd.pdf']);
    expect(await direct(BEN, 'dateien')).toContain('other.pdf');
    const { tenant } = home.callerOf(CEM);
    expect(audit()).toEqual([[CEM, 'command.forget', `${tenant}/2,3,5,9`, 'done']]);
    await expect(direct(CEM, 'forget 7 8')).rejects.toMatchObject({ reason: 'no-such-document' });
  });

  it('that were replaced come back only when they were not named too', async () => {
    for (const name of ['a.pdf', 'b.pdf', 'c.pdf']) keep(CEM, name);
    home.state.vault.write(home.callerOf(CEM), (writer) => {
      writer.replaceDocument(1, { number: 2, at: NOW });
      writer.replaceDocument(2, { number: 3, at: NOW });
    });
    expect(await direct(CEM, 'forget 3 1')).toContain('The earlier version, document 2, is used again');
    home.state.vault.write(home.callerOf(CEM), (writer) =>
      writer.addDocument(sampleDocument('$d', { name: 'd.pdf' }), [samplePassage(0, 'x')]),
    );
    home.state.vault.write(home.callerOf(CEM), (writer) => writer.replaceDocument(2, { number: 4, at: NOW }));
    expect(await direct(CEM, 'forget 4 2')).not.toContain('used again');
    expect(await direct(CEM, 'files')).toMatch(/no documents/);
  });

  it('of every kind are called by its name, and their parts are sheets and slides where they are', async () => {
    const kinds = {
      xlsx: ['sheets', 'Tabellenblätter'],
      pptx: ['slides', 'Folien'],
      pdf: ['pages', 'Seiten'],
    } as const;
    for (const [kind, [en, de]] of Object.entries(kinds)) {
      for (const [person, word] of [
        [CEM, en],
        [BEN, de],
      ] as const) {
        home.state.vault.write(home.callerOf(person), (writer) =>
          writer.addDocument(sampleDocument(`$${kind}${person}`, { name: 'x', kind: kind as 'pdf', pages: 3 }), []),
        );
        expect(await direct(person, 'files')).toContain(`(${kind}, 3 ${word}, `);
      }
    }
    home.state.vault.write(home.callerOf(BEN), (writer) =>
      writer.addDocument(sampleDocument('$i', { name: 'x', kind: 'image', pages: 1 }), [samplePassage(0, 'x')]),
    );
    expect(await direct(BEN, 'dateien')).toContain('(Bild, ');
    expect(await direct(BEN, 'zeige 4')).toContain('- Bild, ');
  });

  it('take along the answers that may quote them, and only when something was forgotten', async () => {
    keep(CEM, 'a.pdf');
    const turn = { event: '$q', room: '!r', question: 'q', answer: 'quotes a.pdf', at: NOW, passages: [], model: null };
    const turns = () => home.state.vault.read(home.callerOf(CEM), (reader) => reader.turns('!r', 5).length);
    home.state.vault.write(home.callerOf(CEM), (writer) => writer.addTurn(turn));
    await direct(CEM, 'forget 9').catch(() => undefined);
    expect(turns()).toBe(1);
    await direct(CEM, 'forget 1');
    expect(turns()).toBe(0);
  });

  it('of other people look as if they were not there', async () => {
    keep(CEM, 'a.pdf');
    const nothing = await direct(ADA, 'forget 1').catch((error: AppError) => error);
    const notYours = await direct(BEN, 'forget 1').catch((error: AppError) => error);
    expect(notYours).toEqual(nothing);
    await expect(direct(ADA, 'export 1')).rejects.toMatchObject({ reason: 'no-such-document' });
    expect(await direct(CEM, 'files')).toContain('a.pdf');
  });

  it('are not sent into a family room as a whole, where a room’s own paper is', async () => {
    keep(CEM, 'a.pdf');
    const call = { name: 'export', place: 'family', caller: home.callerOf(CEM) } as const;
    const all = await runCommand({ ...call, args: '' }, home.services);
    expect(all.text).toBe(say('en', 'command.elsewhere-family'));
    expect(all).not.toHaveProperty('everything');
    expect(all.attachment).toBeUndefined();
    expect((await runCommand({ ...call, args: '1' }, home.services)).attachment?.name).toBe('a.txt');
    expect(await runCommand({ ...call, args: '', place: 'direct' }, home.services)).toMatchObject({
      everything: expect.any(Function),
    });
  });

  it('leave an audit row without a word of them', async () => {
    keep(CEM, 'Geheimwort.pdf');
    await direct(CEM, 'forget 1');
    await direct(CEM, 'forget 9').catch(() => undefined);
    const { tenant } = home.callerOf(CEM);
    expect(audit()).toEqual([
      [CEM, 'command.forget', `${tenant}/9`, 'refused'],
      [CEM, 'command.forget', `${tenant}/1`, 'done'],
    ]);
    expect(JSON.stringify(home.state.control.audit.recent(10))).not.toContain('Geheimwort');
  });

  it('are filtered by words of their names and notes', async () => {
    keep(CEM, 'Rental contract 2024.pdf');
    keep(CEM, 'Müller insurance.pdf');
    expect(await direct(CEM, 'files CONTRACT rent')).toMatch(/1 of 2 documents:\*\*\n\n- \*\*1\*\* Rental contract/);
    expect(await direct(CEM, 'files muller')).toContain('**2** Müller');
    expect(await direct(CEM, 'files 2024')).toContain('Rental contract 2024');
    expect(await direct(CEM, 'files **x**')).toContain('“\\*\\*x\\*\\*” in its name, its note or its text');
    await expect(direct(CEM, 'files contract 2')).rejects.toMatchObject({
      reason: 'no-such-page',
      facts: { pages: 1 },
    });
  });

  it('are found by words of their text too, below those that are named so', async () => {
    keep(CEM, 'Tenancy agreement 17a.docx', ['The Réntal is paid monthly, by parents too', 'Rent: 900']);
    keep(CEM, 'rent 2024.pdf');
    keep(CEM, 'school.pdf', ['Current news for parents']);
    const both = await direct(CEM, 'files rent');
    expect(both).toMatch(
      /1 of 3 documents:\*\*\n\n- \*\*2\*\* rent 2024.*\n\n\*\*“rent” also stands in the text of these:\*\*\n\n- \*\*1\*\* Tenancy agreement/,
    );
    expect(both).not.toContain('school');
    expect(await direct(CEM, 'files RENTAL monthly')).toMatch(
      /^No document of yours has “RENTAL monthly” in its name or note\. \*\*It stands in the text of these:\*\*\n\n- \*\*1\*\*/,
    );
    expect(await direct(CEM, 'files rental holiday')).toContain('Or ask me in a sentence');
    expect(await direct(BEN, 'dateien rent')).not.toContain('Tenancy');
  });

  it('are found by words of their text among very many, by the index', async () => {
    keep(
      CEM,
      'long.txt',
      Array.from({ length: 2100 }, (_, at) => `page ${at}`),
    );
    keep(CEM, 'lease.pdf', ['The rent is due on the first']);
    expect(await direct(CEM, 'files rent')).toMatch(/It stands in the text of these:\*\*\n\n- \*\*2\*\* lease/);
  });

  it('of the same name are told apart by when they came and how they begin', async () => {
    const { vault } = home.state;
    for (const [source, text] of [
      ['$a', '# Dear *Ada*\nwelcome'],
      ['$b', 'Dear Ben'],
    ] as const) {
      vault.write(home.callerOf(CEM), (writer) =>
        writer.addDocument(sampleDocument(source, { name: 'letter.pdf' }), [samplePassage(0, text)]),
      );
    }
    keep(CEM, 'other.pdf', ['Dear Cem']);
    const list = await direct(CEM, 'files');
    expect(list).toMatch(/\*\*1\*\* letter\.pdf \(.*2027, \d\d:\d\d\), begins “Dear \\\*Ada\\\*”/);
    expect(list).toMatch(/\*\*2\*\* letter\.pdf \(.*2027, \d\d:\d\d\), begins “Dear Ben”/);
    expect(list).toMatch(/\*\*3\*\* other\.pdf \([^)]*2027\)\n/);
  });

  it('are shown with everything that is kept of them', async () => {
    keep(CEM, 'Mietvertrag.pdf', [
      'Die Miete für die Wohnung beträgt im Monat 900 Euro und ist am ersten fällig',
      'Ende',
    ]);
    const text = (await direct(CEM, 'show 1')).replaceAll(/[\u00a0\u202f]/g, ' ');
    expect(text).toContain('**Mietvertrag.pdf** is document 1.');
    expect(text).toContain('pdf, 1.2 kB, 3 pages, 2 passages; the file itself is not kept');
    expect(text).toContain('written in German');
    expect(text).toMatch(/sent on 15 Jan 2027/);
    expect(text).toContain('found by its words and the built-in vectors');
    expect(text).toContain('It begins: “Die Miete für die Wohnung');
    expect(text).toContain('`!show 1 1` shows a page of it (the last one is “2”)');
    expect(await direct(BEN, 'zeige 1').catch((error: AppError) => error.reason)).toBe('no-such-document');
  });

  it('show how far the embedding has come', async () => {
    keep(CEM, 'a.pdf', ['one', 'two']);
    home = {
      ...home,
      services: { ...home.services, models: () => ({ answering: null, embedding: null, embedder: 'e5' }) },
    };
    expect(await direct(CEM, 'show 1')).toContain('0 of 2 passages also by meaning');
    home.state.vault.write(home.callerOf(CEM), (writer) =>
      writer.putVectors(
        'e5',
        writer.passagesOf(1).map(({ id }) => ({ passage: id, vector: Float32Array.of(1, 0, 0, 0) })),
      ),
    );
    expect(await direct(CEM, 'show 1')).toContain('full depth');
  });

  it('are shown page by page, as inert text under the size of a message', async () => {
    keep(CEM, 'a.pdf', ['<b>[link](http://x.example)</b> !forget 1', 'ü<*'.repeat(4000)]);
    expect(await direct(CEM, 'show 1 1')).toContain('\\<b\\>\\[link\\](``http://x.example``)');
    const long = await direct(CEM, 'show 1 2');
    expect(Buffer.byteLength(long)).toBeLessThan(10_000);
    expect(long).toContain('It goes on; `!export 1` sends all of it.');
    await expect(direct(CEM, 'show 1 3')).rejects.toMatchObject({ reason: 'no-such-page-of', facts: { last: '2' } });
  });

  it('are shown with their headings standing out, and with addresses that can be copied', async () => {
    keep(CEM, 'a.md', [
      '# Lease\n\n## Rent ##\n\nPay to *Ada*, ada.l@example.org, not @ben:home.test. Item #3\n#4 is none',
    ]);
    const text = await direct(CEM, 'show 1 1');
    expect(text).toContain(
      '**Lease**\n\n**Rent**\n\nPay to \\*Ada\\*, ``ada.l@example.org``, not @\u2060ben:home.\u2060test.',
    );
    expect(text).not.toMatch(/##|^# /m);
    const { formatted_body: html } = messageContent(text, 'm.notice');
    expect(html).toContain('<code>ada.l@example.org</code>');
    expect(await direct(CEM, 'show 1')).toContain('`ada.l@example.org`');
  });

  it('are shown sheet by sheet, by name or by place', async () => {
    home.state.vault.write(home.callerOf(CEM), (writer) =>
      writer.addDocument(sampleDocument('$s', { name: 'house.xlsx', kind: 'xlsx' }), [
        { ...samplePassage(0, 'a clock'), page: 'wishes' },
        { ...samplePassage(1, 'a silver spoon'), page: 'Safe' },
      ]),
    );
    expect(await direct(CEM, 'show 1 safe')).toContain('a silver spoon');
    expect(await direct(CEM, 'show 1 1')).toContain('a clock');
    expect(await direct(CEM, 'show 1 2')).toContain('a silver spoon');
    expect(await direct(CEM, 'show 1')).toContain('shows a sheet of it: **1** wishes, **2** Safe. `!export 1`');
    const missing = await direct(CEM, 'show 1 3').catch((error: AppError) => sayError('de', error, ''));
    expect(missing).toBe('Darin gibt es kein Tabellenblatt „3“; es gibt: wishes, Safe.');
  });

  it('are shown by the numbers that are listed where a mail has files with it', async () => {
    home.state.vault.write(home.callerOf(BEN), (writer) =>
      writer.addDocument(sampleDocument('$m', { name: 'Ferry.eml', kind: 'eml', pages: 2 }), [
        ...['Liebe', 'Reisende', 'gute', 'Fahrt'].map((text, i) => ({
          ...samplePassage(i, text),
          page: null,
          start: 20 * i,
          end: 20 * i + text.length,
        })),
        { ...samplePassage(4, 'Kabine 7108'), page: 'pass.pdf p. 1' },
        { ...samplePassage(5, 'von der Bank'), page: 'deine Notiz' },
      ]),
    );
    const text = await direct(BEN, 'zeige 1');
    expect(text).toContain('2 Teile');
    expect(text).toContain('**1** die Mail selbst, **2** pass.pdf S. 1.');
    expect(await direct(BEN, 'zeige 1 1')).toMatch(/„die Mail selbst“:[\s\S]*Fahrt/);
    for (const named of ['2', 'pass.pdf S. 1', 'pass.pdf p. 1']) {
      expect(await direct(BEN, `zeige 1 ${named}`)).toMatch(/„pass\.pdf S\. 1“:[\s\S]*Kabine 7108/);
    }
    await expect(direct(BEN, 'zeige 1 3')).rejects.toMatchObject({
      facts: { names: 'die Mail selbst, pass.pdf S. 1' },
    });
  });

  it('without pages are offered in as many parts as there are', async () => {
    home.state.vault.write(home.callerOf(BEN), (writer) =>
      writer.addDocument(
        sampleDocument('$w', { name: 'a.docx', kind: 'docx', pages: 1 }),
        ['a', 'b', 'c', 'd'].map((text, i) => ({ ...samplePassage(i, text), page: null })),
      ),
    );
    expect(await direct(BEN, 'zeige 1')).toContain('`!zeige 1 1` zeigt Teil 1 davon (es sind 2), ');
  });

  it('of one part are not offered in parts, and notes are no part', async () => {
    home.state.vault.write(home.callerOf(BEN), (writer) =>
      writer.addDocument(sampleDocument('$t', { name: 'a.txt', kind: 'txt', pages: 1 }), [
        { ...samplePassage(0, 'eins'), page: null },
        { ...samplePassage(1, 'von der Bank'), page: 'deine Notiz' },
      ]),
    );
    const text = await direct(BEN, 'zeige 1');
    expect(text).toContain('`!exportiere 1` schickt den ganzen Text.');
    expect(text).not.toContain('`!zeige 1 1`');
    const missing = await direct(BEN, 'zeige 1 9').catch((error: AppError) => sayError('de', error, ''));
    expect(missing).toBe('Darin gibt es keinen Teil „9“; zuletzt kommt „1“.');
  });

  it('that were replaced are listed, shown, exported, kept again and forgotten by their number', async () => {
    keep(CEM, 'rent.pdf', ['900 Euro']);
    keep(CEM, 'rent2.pdf', ['950 Euro']);
    home.state.vault.write(home.callerOf(CEM), (writer) => writer.replaceDocument(1, { number: 2, at: NOW }));
    expect(await direct(CEM, 'files')).toMatch(/\*\*1\*\* rent\.pdf .*, replaced by 2/);
    expect(await direct(CEM, 'show 1')).toMatch(/replaced by document 2 on .*`!keep 1` changes that/);
    expect(await direct(CEM, 'show 2')).toMatch(/takes the place of document 1/);
    const { attachment } = await reply(CEM, 'direct', 'export 1');
    expect(new TextDecoder().decode(attachment?.bytes)).toContain('900 Euro');
    expect(await direct(CEM, 'keep 1')).toContain('is used for answers again');
    const found = home.state.vault.read(home.callerOf(CEM), (reader) => reader.lexical(['900'], 5));
    expect(found).toHaveLength(1);
    home.state.vault.write(home.callerOf(CEM), (writer) => writer.replaceDocument(1, { number: 2, at: NOW }));
    expect(await direct(CEM, 'forget 2')).toMatch(/The earlier version, document 1, is used again/);
    await expect(direct(BEN, 'behalte 1')).rejects.toMatchObject({ reason: 'no-such-document' });
    await expect(direct(CEM, 'keep 9')).rejects.toMatchObject({ reason: 'no-such-document' });
  });

  it('a password for which no file waits is answered, and leaves no audit row', async () => {
    expect(await direct(CEM, 'password xylophone')).toMatch(/^No file of yours waits/);
    expect(JSON.stringify(audit())).not.toContain('xylophone');
  });

  it('can be exported as the text that is kept', async () => {
    keep(CEM, 'Mietvertrag.pdf', ['Die Miete beträgt', '900 Euro']);
    const answer = await reply(CEM, 'direct', 'export 1');
    expect(answer.text).toContain('all the text I keep of **Mietvertrag.pdf**');
    expect(answer.attachment?.name).toBe('Mietvertrag.txt');
    expect(new TextDecoder().decode(answer.attachment?.bytes)).toBe(
      '--- 1 ---\n\nDie Miete beträgt\n\n--- 2 ---\n\n900 Euro\n',
    );
  });

  it('are exported without repeating where passages overlap', async () => {
    const whole = 'The rent is due on the third working day.';
    const part = (position: number, start: number, end: number) => ({
      ...samplePassage(position, whole.slice(start, end)),
      ...{ page: null, start, end },
    });
    home.state.vault.write(home.callerOf(CEM), (writer) =>
      writer.addDocument(sampleDocument('$1'), [part(0, 0, 23), part(1, 16, whole.length)]),
    );
    const answer = await reply(CEM, 'direct', 'export 1');
    expect(new TextDecoder().decode(answer.attachment?.bytes)).toBe(`${whole}\n`);
  });
});

describe('about the person', () => {
  it('whoami tells address, role and language', async () => {
    keep(CEM, 'a.pdf');
    const text = await direct(CEM, 'whoami');
    expect(text).toContain('You are `@cem:home.test`, a member of this household since 15 Jan 2027.');
    expect(text).toContain('1 document from you');
    expect(await ops(ADA, 'whoami')).toContain('an admin');
  });

  it('privacy tells how much of our talk is remembered, and forget chat clears it', async () => {
    const turn = {
      event: '$q',
      room: '!r',
      question: 'q',
      answer: 'a',
      at: NOW - 3_600_000,
      passages: [],
      model: null,
    };
    home.state.vault.write(home.callerOf(CEM), (writer) => {
      writer.addTurn(turn);
      writer.addTurn({ ...turn, event: '$r', at: NOW });
    });
    expect(await direct(CEM, 'privacy')).toMatch(/2 questions with their answers, the oldest 1 hr old/);
    expect(await direct(CEM, 'privacy')).toContain('`!forget chat`');
    expect(await direct(CEM, 'forget chat')).toMatch(/^Forgotten: 2 questions and their answers/);
    expect(await direct(CEM, 'vergiss gespräch')).toBe('I remember nothing of our talk.');
    expect(await direct(CEM, 'privacy')).toContain('none of our questions and answers');
  });

  it('stop says honestly what it stopped', async () => {
    expect(await direct(CEM, 'stop')).toBe('Stopped: 3 questions, 2 of which were still waiting.');
    home = { ...home, services: { ...home.services, stopQuestions: () => ({ running: 0, waiting: 0 }) } };
    expect(await direct(BEN, 'stopp')).toMatch(/nichts abzubrechen/);
  });

  it('feedback lists the marked answers of the person alone, with their files, and clears them', async () => {
    expect(await direct(CEM, 'feedback')).toContain('👎');
    keep(CEM, 'a.pdf');
    home.state.vault.write(home.callerOf(CEM), (writer) => {
      const passages = writer.passagesToEmbed('m', 9).map(({ id }) => id);
      writer.addBadAnswer({ event: '$q', question: 'how *much*?', answer: 'Ten [1].', passages, model: 'm', at: NOW });
    });
    expect(await direct(CEM, 'feedback')).toContain('“how \\*much\\*?” “Ten.”, from a.pdf, by m');
    expect(await direct(BEN, 'feedback')).toContain('👎');
    expect(await direct(CEM, 'feedback clear')).toBe('Forgotten: 1 marked answer.');
    expect(await direct(CEM, 'feedback clear')).toBe('There was nothing to forget.');
  });

  it('privacy tells counts, server, and which models read what', async () => {
    keep(CEM, 'a.pdf');
    const text = await direct(CEM, 'privacy');
    expect(text).toContain('the text of 1 document, cut into 2 passages');
    expect(text).toContain('home.\u2060test');
    expect(text).toContain('for answers: smollm, on the family server');
    home = {
      ...home,
      services: {
        ...home.services,
        models: () => ({ answering: null, embedding: { name: 'e5', host: 'api.example.org' } }),
      },
    };
    expect(await direct(CEM, 'privacy')).toMatch(
      /none; I show you the passages.*e5 on \*\*api\.\u2060example\.\u2060org\*\*, which gets the text of your documents/s,
    );
  });

  it('privacy tells how much it is, when it was last used, what made vectors, and which backups hold it', async () => {
    keep(CEM, 'a.pdf');
    const before = await direct(CEM, 'privacy');
    expect(before).toMatch(/- [1-9]\d* bytes of text; the latest document came on /);
    expect(before).toContain('no question that I remember was answered from it');
    expect(before).toContain('no backups are made by Kinkeeper yet');
    expect(before).toContain('`!export` sends you all of it');
    home.state.vault.write(home.callerOf(CEM), (writer) => {
      const [passage] = writer.passagesToEmbed('e5-small', 1);
      writer.putVectors('e5-small', [{ passage: passage!.id, vector: Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0) }]);
      const turn = { event: '$q', room: '!r', question: 'q', answer: 'a', at: NOW, passages: [], model: null };
      writer.addTurn(turn);
    });
    const backups = () => [{ madeAt: NOW, keptUntil: NOW + 30 * 86_400_000 }];
    home = { ...home, services: { ...home.services, backups } };
    const after = await direct(CEM, 'privacy');
    expect(after).toMatch(/your last question that I remember was on 15 Jan 2027/);
    expect(after).toContain('vectors made of the text by e5-small');
    expect(after).toContain('1 backup may hold it, sealed, the last one until 14 Feb 2027');
    expect(await direct(BEN, 'datenschutz')).toContain('1 Sicherung kann es versiegelt enthalten');
  });

  it('language is remembered, and answered in the new one', async () => {
    expect(await direct(CEM, 'language deutsch')).toBe('Ab jetzt rede ich Deutsch mit dir.');
    expect(home.callerOf(CEM).language).toBe('de');
    expect(await direct(CEM, 'help')).toContain('!dateien');
  });
});

describe('the ops room', () => {
  it('status shows both processes in counts and sizes', async () => {
    expect(await ops(ADA, 'status')).toMatch(/Jobs\*\* have never reported/);
    home.state.control.heartbeats.beat({ process: 'ops', at: NOW - 20_000, figures: {} });
    home.state.control.alerts.raise({ code: 'disk-low', severity: 'warning', key: 'disk', facts: { freeBytes: 5e9 } });
    const text = (await ops(ADA, 'status')).replaceAll(/[\u00a0\u202f]/g, ' ');
    expect(text).toContain('- **Bot** 0.1.0, up for 1 hr, 2 mins, 123 MB of memory');
    expect(text).toContain('**Answers** by smollm');
    expect(text).toContain('**Jobs** alive, heard 20 secs ago');
    expect(text).toContain('**Host** not seen: without the host helper nobody watches');
    expect(text).toContain('for 3 people: 7 documents, 1,234 passages');
    expect(text).toContain('1 file, 2 questions, 3 replies to send, 4 messages without a key');
    expect(text).toContain('1 open, 1 not delivered yet');
    home.state.control.heartbeats.beat({ process: 'ops', at: NOW - 600_000, figures: {} });
    expect(await ops(ADA, 'status')).toMatch(/silent for 10\smins/);
    const hostAt = async (hostSeenAt: number) => {
      home.state.control.heartbeats.beat({ process: 'ops', at: NOW, figures: { hostSeenAt } });
      return (await ops(ADA, 'status')).replaceAll(/[\u00a0\u202f]/g, ' ');
    };
    expect(await hostAt(NOW - 120_000)).toContain('**Host** seen 2 mins ago');
    expect(await hostAt(NOW - 7_200_000)).toContain('**Host** last seen 2 hrs ago: is its helper running?');
  });

  it.each([
    [['old'], undefined, 'words and built-in vectors find until all are'],
    [['old'], { model: 'old' }, 'the earlier model finds until all are'],
    [[], undefined, '1 of 3 passages\n'],
  ])('status shows a switch of models: %s, %o', async (earlier, old, expected) => {
    const models = () => ({
      ...{ answering: null, embedding: null, embedder: 'e5', earlier: async () => old as never },
      embeddingState: () => 'failing' as const,
    });
    const progress = () => ({ embedded: 1, passages: 3, earlier });
    home = { ...home, services: { ...home.services, models, progress } };
    const text = await ops(ADA, 'status');
    expect(text).toContain(expected);
    expect(text).toContain('**Embedding model** could not be downloaded yet');
  });

  it('people can be added, promoted, demoted and removed, and come back', async () => {
    expect(await ops(ADA, 'people add @dan:home.test')).toMatch(/^`@dan:home\.test` may talk to me now, as a member/);
    expect(await ops(ADA, 'people add @dan:home.test')).toMatch(/Nothing changed/);
    expect(await ops(ADA, 'people add @dan:home.test admin')).toMatch(/is an admin now\.\nI invited them/);
    expect(await ops(ADA, 'people add @dan:home.test')).toMatch(/is a member now/);
    expect(await ops(ADA, 'people')).toMatch(
      /\*\*4 people may talk to me:\*\*[\s\S]*`@dan:home\.test` member, reads English, since .*, has not opened a chat yet/,
    );
    expect(await ops(ADA, 'people remove @dan:home.test')).toMatch(/can't talk to me any more/);
    expect(home.state.control.people.callerFor('@dan:home.test')).toBeUndefined();
    expect(await ops(ADA, 'people add @dan:home.test')).toMatch(/may talk to me now/);
    expect(home.roomRefreshes()).toBe(5);
    expect(
      audit()
        .map(([, action, target, outcome]) => [action, target, outcome])
        .reverse(),
    ).toEqual([
      ['command.people-add', '@dan:home.test', 'done'],
      ['command.people-add', '@dan:home.test admin', 'done'],
      ['command.people-add', '@dan:home.test', 'done'],
      ['command.people-remove', '@dan:home.test', 'done'],
      ['command.people-add', '@dan:home.test', 'done'],
    ]);
  });

  it('keep a language when their role changes', async () => {
    await ops(ADA, `people add ${BEN} admin`);
    expect(home.state.control.people.find(BEN)?.language).toBe('de');
  });

  it('never lose their last admin, nor take in the bot', async () => {
    await expect(ops(ADA, `people remove ${ADA}`)).rejects.toMatchObject({ reason: 'last-admin' });
    await expect(ops(ADA, `people add ${ADA}`)).rejects.toMatchObject({ reason: 'last-admin' });
    await expect(ops(ADA, 'people add @kin:home.test')).rejects.toMatchObject({ reason: 'not-the-bot' });
    await expect(ops(ADA, 'people remove @eve:home.test')).rejects.toMatchObject({ reason: 'no-such-person' });
    expect(home.callerOf(ADA).role).toBe('admin');
    expect(audit().every(([, , , outcome]) => outcome === 'refused')).toBe(true);
    await ops(ADA, `people add ${BEN} admin`);
    expect(await ops(BEN, `people remove ${ADA}`)).toMatch(/kann nicht mehr mit mir reden/);
  });

  it('say when the ops room could not follow', async () => {
    home.breakOpsRoom();
    expect(await ops(ADA, 'people add @dan:home.test admin')).toMatch(/could not bring the ops room up to date/);
    expect(await ops(ADA, 'people remove @dan:home.test')).toMatch(/could not bring the ops room up to date/);
  });

  it('alerts are shown newest first, in words', async () => {
    expect(await ops(ADA, 'alerts')).toBe('No alerts so far.');
    const { alerts } = home.state.control;
    alerts.raise({ code: 'disk-low', severity: 'warning', key: 'disk', facts: { freeBytes: 5e9 } });
    alerts.raise({ code: 'disk-low', severity: 'warning', key: 'disk', facts: { freeBytes: 4e9 } });
    alerts.clear('disk');
    alerts.raise({ code: 'stranger-invite', severity: 'info', key: 's', facts: { count: 2 } });
    const lines = (await ops(ADA, 'alerts')).replaceAll('\u00a0', ' ').split('\n');
    expect(lines[2]).toMatch(/, A2, for your information: I refused 2 invitations/);
    expect(lines[6]).toMatch(
      /, A1, \*\*warning\*\* \(over since .*\): The disk is filling up: 4 GB are left.*reported 2 times/,
    );
  });
});

describe('what an executor throws', () => {
  it('passes through, and leaves a failed audit row', async () => {
    const services = { ...home.services, refreshOpsRoom: () => Promise.reject(new Error('boom')) };
    const call = { name: 'people', args: 'add @dan:home.test', place: 'ops', caller: home.callerOf(ADA) } as const;
    await expect(runCommand(call, services)).rejects.toThrow('boom');
    expect(audit()).toEqual([[ADA, 'command.people-add', '@dan:home.test', 'failed']]);
  });
});
