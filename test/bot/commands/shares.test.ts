import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { ADA, BEN, CEM, type Household, openHousehold } from './household.ts';

let house: Household;
beforeEach(async () => {
  house = await openHousehold();
  keep(ADA, '$lease', 'lease.pdf');
});
afterEach(() => house[Symbol.asyncDispose]());

function keep(person: string, source: string, name: string): void {
  house.state.vault.write(house.callerOf(person), (writer) =>
    writer.addDocument(sampleDocument(source, { name }), [samplePassage(0, `The text of ${name}.`)]),
  );
}

async function run(person: string, line: string): Promise<string> {
  const [name = '', ...rest] = line.split(' ');
  const call = { name, args: rest.join(' '), place: 'direct', caller: house.callerOf(person) } as const;
  const { text } = await runCommand(call, house.services);
  return text.replace(/[\\`]|\*\*/g, '');
}

const failing = (person: string, line: string) =>
  run(person, line).then(
    (text) => text,
    (thrown: { reason?: string }) => thrown.reason,
  );

describe('!share', () => {
  it('lends a document: the owner hears to whom, the reader hears of it in their own language', async () => {
    expect(await run(ADA, 'share 1 with @ben:home.test')).toMatch(/^lease.pdf is lent to @ben:home.test. .*!unshare 1/);
    expect(house.told).toMatchObject([{ person: BEN }]);
    expect(house.told[0]!.text.replace(/[\\`]|\*\*/g, '')).toMatch(
      /^@ada:home.test leiht dir lease.pdf.*!verliehen ende 1/,
    );
    expect(await run(ADA, 'files')).toMatch(/1 lease.pdf .*, lent to @ben:home.test/);
    expect(await run(BEN, 'dateien')).toMatch(/An dich verliehen:\n\n- 1 lease.pdf .*, von @ada:home.test$/);
    expect(await run(CEM, 'files')).toMatch(/I know no documents from you yet/);
    expect(await run(CEM, 'shares')).toMatch(/^Nothing is lent/);
    expect(await run(BEN, 'shares')).toMatch(/von @ada:home.test/);
    expect(await run(ADA, 'shares')).toMatch(/You lend:\n\n- 1 lease.pdf \(document 1\) to @ben:home.test/);
  });

  it('takes a last day in both spellings, and a name of the own server', async () => {
    const day = new Date(NOW + 3 * 86_400_000);
    const [y, m, d] = [day.getFullYear(), day.getMonth() + 1, day.getDate()];
    keep(ADA, '$two', 'two.pdf');
    await run(ADA, `share 1 with @ben until ${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`);
    await run(ADA, `verleihe 2 an @ben:home.test bis zum ${d}.${m}.${y}`);
    const ends = house.state.shares.of(house.callerOf(BEN)).map(({ until }) => until);
    expect(ends).toEqual([new Date(y, m - 1, d + 1).getTime(), new Date(y, m - 1, d + 1).getTime()]);
  });

  it('says what is wrong, and then nothing was lent', async () => {
    const wrong = {
      'share 9 with @ben:home.test': 'no-such-document',
      'share 1 with @eve:home.test': 'no-such-member',
      'share 1 with @ada:home.test': 'share-self',
      'share 1 with ben please': 'share-terms',
      'share 1 with @ben:home.test until yesterday': 'share-date',
      'share 1 with @ben:home.test until 2001-02-03': 'share-date',
      'share 1 with @ben:home.test until 2099-02-30': 'share-date',
    };
    for (const [line, reason] of Object.entries(wrong)) expect(await failing(ADA, line), line).toBe(reason);
    // Not yours looks exactly like not there.
    expect(await failing(BEN, 'share 1 with @cem:home.test')).toBe('no-such-document');
    expect(await run(ADA, 'shares')).toMatch(/^Nothing is lent/);
    expect(house.told).toEqual([]);
    await run(ADA, 'share 1 with @ben:home.test');
    expect(await failing(ADA, 'share 1 with @ben:home.test')).toBe('share-known');
  });
});

describe('ending a share', () => {
  it('is for both; numbers are one’s own, and those of others are not there', async () => {
    keep(CEM, '$diary', 'diary.pdf');
    await run(CEM, 'share 1 with @ben:home.test');
    await run(ADA, 'share 1 with @ben:home.test');
    expect(await failing(ADA, 'shares end 2')).toBe('no-such-share');
    expect(await run(BEN, 'verliehen ende 2')).toMatch(/^Zurückgegeben: lease.pdf von @ada:home.test/);
    expect(house.told.at(-1)).toMatchObject({ person: ADA, text: expect.stringContaining('gave **lease.pdf** back') });
    expect(await run(ADA, 'shares')).toMatch(/^Nothing is lent/);
    expect(await failing(BEN, 'verliehen ende 2')).toBe('no-such-share');
    expect(await run(CEM, 'shares end 1')).toMatch(/^Taken back: @ben:home.test can no longer ask about diary.pdf/);
  });

  it('before it the reader may have the text, and nobody else', async () => {
    await run(ADA, 'share 1 with @ben:home.test');
    const call = { name: 'verliehen', args: 'text 1', place: 'direct', caller: house.callerOf(BEN) } as const;
    const { attachment } = await runCommand(call, house.services);
    expect(attachment?.name).toBe('lease.txt');
    expect(new TextDecoder().decode(attachment!.bytes)).toContain('The text of lease.pdf.');
    expect(await failing(CEM, 'shares text 1')).toBe('no-such-share');
    await run(ADA, 'unshare 1');
    expect(await failing(BEN, 'verliehen text 1')).toBe('no-such-share');
  });

  it('shows what is kept of the copy, for reading: to its two sides, without the owner’s note, and to nobody else', async () => {
    house.state.vault.write(house.callerOf(ADA), (writer) => {
      const passages = [
        { ...samplePassage(0, 'The rent is 900 euros.'), page: '1' },
        { ...samplePassage(1, 'The deposit is 1800 euros.'), page: '2' },
        { ...samplePassage(2, 'Only for me: the secret note.'), page: 'your note' },
      ];
      writer.addDocument(
        sampleDocument('$rent', { name: 'rent.pdf', kind: 'pdf', pages: 2, note: 'secret note' }),
        passages,
      );
    });
    await run(ADA, 'share 2 with @cem:home.test');
    const shown = await run(CEM, 'shares show 1');
    expect(shown).toMatch(/^rent.pdf is lent to you by @ada:home.test; you can read it and ask about it\.\n- pdf/);
    expect(shown).toMatch(
      /It begins: “The rent is 900 euros\.”.*!shares show 1 1 shows a page of it.*!shares text 1 sends/s,
    );
    expect(shown).not.toMatch(/document 2|secret|your note/);
    expect(await run(CEM, 'shares show 1 2')).toMatch(
      /^rent.pdf \(lent to you by @ada:home.test\), page “2”:\n\nThe deposit is 1800 euros\.$/,
    );
    expect(await run(ADA, 'shares show 1')).toMatch(/^This is the copy of rent.pdf that you lend to @cem:home.test/);
    expect(await run(CEM, 'shares')).toMatch(/!shares show <number> \[page\] shows what is kept of one/);
    expect(await failing(CEM, 'shares show 1 9')).toBe('no-such-page-of');
    expect(await failing(BEN, 'verliehen zeige 1')).toBe('no-such-share');
    await run(ADA, 'unshare 2');
    expect(await failing(CEM, 'shares show 1')).toBe('no-such-share');
  });

  it('by !unshare takes the document back from everybody', async () => {
    await run(ADA, 'share 1 with @ben:home.test');
    await run(ADA, 'share 1 with @cem:home.test');
    expect(await run(ADA, 'unshare 1')).toMatch(/^Taken back: @ben:home.test and @cem:home.test can/);
    expect(await run(ADA, 'unshare 1')).toMatch(/^Document 1 is not lent to anybody/);
    expect(await failing(ADA, 'unshare 7')).toBe('no-such-document');
    expect(await run(CEM, 'files')).toMatch(/I know no documents from you yet/);
  });

  it('comes with forgetting the document', async () => {
    await run(ADA, 'share 1 with @ben:home.test');
    await run(ADA, 'forget 1');
    expect(await run(BEN, 'shares')).toMatch(/^Es ist nichts verliehen/);
  });
});
