import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { splitPassages } from '../../../core/ingest/split-passages.ts';
import { overlappingZip } from '../../prove/hostile-archives.ts';
import { makeDocx, paragraph } from './make-docx.ts';
import { makeMail } from './make-mail.ts';
import { makeMsg } from './make-msg.ts';
import { makePdf } from './make-pdf.ts';
import { read, refusal } from './reading.ts';

const noise = Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7) % 251));
const zip = (files: Record<string, Uint8Array | string>) =>
  Buffer.from(
    zipSync(
      Object.fromEntries(
        Object.entries(files).map(([name, file]) => [name, typeof file === 'string' ? strToU8(file) : file]),
      ),
    ),
  );
const labels = (pages: readonly { readonly label: string | null }[]) => pages.map(({ label }) => label);

describe('a mail', () => {
  test('is its headers and what was written, then its attachments under their names', async () => {
    const files = [
      { name: 'sea pass.pdf', type: 'application/pdf', bytes: makePdf([['Deck 7'], ['Cabin 7108']]) },
      { name: 'prices.csv', type: 'text/csv', bytes: 'Item;Price\nDog;50\nCar;412' },
    ];
    const { kind, pages, unreadable } = await read(makeMail({ subject: 'Fähre', text: 'Grüße\nAda', files }), 'a.eml');
    expect(kind).toBe('eml');
    expect(unreadable).toEqual([]);
    expect(pages).toEqual([
      {
        label: null,
        text: '# Fähre\n\nFrom: Ada <ada@home.test>\nTo: Ben Ashgrove <ben@home.test>, carla@home.test\nDate: Sun, 14 Jul 2024 16:22:09 +0200 (2024-07-14)\n\nGrüße\nAda',
      },
      { label: 'sea pass.pdf p. 1', text: 'Deck 7', inside: { name: 'sea pass.pdf', kind: 'pdf' } },
      { label: 'sea pass.pdf p. 2', text: 'Cabin 7108', inside: { name: 'sea pass.pdf', kind: 'pdf' } },
      {
        label: 'prices.csv',
        text: 'Item | Price\nDog | 50\nCar | 412',
        inside: { name: 'prices.csv', kind: 'csv' },
      },
    ]);
    const passages = [...splitPassages({ kind, pages })];
    expect(passages.map(({ heading }) => heading)).toEqual(['Fähre', 'sea pass.pdf', 'sea pass.pdf', 'prices.csv']);
  });

  test('in HTML only, or with a plain part that says nothing, is its visible text', async () => {
    const html =
      '<p>The <b>boiler</b> was serviced on the fourth of October by a friendly person.</p><script>x</script>';
    const seen = 'The boiler was serviced on the fourth of October by a friendly person.';
    expect((await read(makeMail({ html }), 'a.eml')).pages[0]!.text).toContain(`\n\n${seen}`);
    const stub = await read(makeMail({ text: 'See HTML.', html }), 'a.eml');
    expect(stub.pages[0]!.text).toContain(`\n\n${seen}`);
    expect(stub.pages[0]!.text).not.toContain('See HTML.');
  });

  test('is known by its bytes, also below a line of a mailbox', async () => {
    const mail = Buffer.concat([
      Buffer.from('From ada@home.test Sun Jul 14 16:22:09 2024\n'),
      makeMail({ text: 'Hi' }),
    ]);
    expect((await read(mail, 'download')).pages[0]!.text).toMatch(/^# Boiler\n\nFrom: Ada/);
  });

  test('names what cannot be read of it, and tells files of one name apart', async () => {
    const files = [
      { name: 'setup.exe', type: 'application/octet-stream', bytes: noise },
      { name: 'scan.txt', type: 'text/plain', bytes: 'one' },
      { name: 'scan.txt', type: 'text/plain', bytes: 'two' },
      { name: '../../etc/passwd', type: 'text/plain', bytes: 'three' },
      { name: 'smime.p7s', type: 'application/pkcs7-signature', bytes: noise },
    ];
    const { pages, unreadable } = await read(makeMail({ text: 'Hi', files }), 'a.eml');
    expect(labels(pages)).toEqual([null, 'scan.txt', 'scan.txt (2)', 'etc › passwd']);
    expect(unreadable).toEqual(['setup.exe']);
  });

  test('that was forwarded is read with its attachments, whatever they are in', async () => {
    const inner = makeMail({
      subject: 'Inner',
      text: 'Inside',
      files: [
        { name: 'all.zip', type: 'application/zip', bytes: zip({ 'bill.docx': makeDocx(paragraph('Total 12')) }) },
      ],
    });
    const outer = makeMail({
      subject: 'Fwd',
      text: 'See below',
      files: [{ type: 'message/rfc822', bytes: inner.toString() }],
    });
    const { pages } = await read(outer, 'a.eml');
    expect(pages.map(({ label, text }) => [label, text.split('\n')[0]])).toEqual([
      [null, '# Fwd'],
      ['mail 1.eml', '# Inner'],
      ['mail 1.eml › all.zip › bill.docx', 'Total 12'],
    ]);
  });

  test('in a mail in a mail, without end, ends', async () => {
    let mail = makeMail({ text: 'innermost' });
    for (let depth = 0; depth < 12; depth++)
      mail = makeMail({ text: `depth ${depth}`, files: [{ type: 'message/rfc822', bytes: mail.toString() }] });
    const { pages, unreadable } = await read(mail, 'a.eml');
    expect(pages.length).toBe(5);
    expect(unreadable).toEqual([expect.stringMatching(/mail 1\.eml$/)]);
  });

  test('from Outlook gives the files that it packed into winmail.dat', async () => {
    const record = (id: number, value: Uint8Array | string) => {
      const head = Buffer.alloc(9);
      head.writeUInt8(2);
      head.writeUInt32LE(id, 1);
      head.writeUInt32LE(value.length, 5);
      return Buffer.concat([head, Buffer.from(value as string, 'latin1'), Buffer.alloc(2)]);
    };
    const file = (name: string, bytes: Uint8Array | string) =>
      Buffer.concat([record(0x69002, 'x'), record(0x18010, `${name}\0`), record(0x6800f, bytes)]);
    const head = Buffer.from('789f3e220100', 'hex');
    const body = [
      record(0x89006, 'version'),
      file('Fähre.pdf', makePdf([['Cabin 7108']])),
      file('n.txt', 'Bring a coat'),
    ];
    const packed = Buffer.concat([head, ...body]);
    const mail = (bytes: Buffer) =>
      makeMail({ text: 'See', files: [{ name: 'winmail.dat', type: 'application/ms-tnef', bytes }] });
    const { pages, unreadable } = await read(mail(packed), 'a.eml');
    expect(pages.slice(1).map(({ label, text }) => [label, text])).toEqual([
      ['Fähre.pdf p. 1', 'Cabin 7108'],
      ['n.txt', 'Bring a coat'],
    ]);
    expect(unreadable).toEqual([]);
    expect((await read(mail(packed.subarray(0, -20)), 'a.eml')).pages.map(({ text }) => text)).toContain('Cabin 7108');
    expect((await read(mail(head), 'a.eml')).unreadable).toEqual(['winmail.dat']);
    const many = Buffer.concat([head, ...Array.from({ length: 1001 }, () => record(0x69002, ''))]);
    expect(await refusal(mail(many), 'a.eml')).toEqual({ reason: 'file-too-hard' });
    const note = Buffer.concat([head, file('n.txt', 'Bring a coat')]);
    expect(await refusal(note, 'winmail.dat')).toEqual({ reason: 'file-kind', kind: 'winmail.dat' });
  });

  test('with archives that hold too much together is refused, however little each of them holds', async () => {
    const packed = zip({ 'disk.img': new Uint8Array(40 << 20), 'note.txt': 'A note' });
    const mail = (count: number) =>
      makeMail({
        text: 'x',
        files: Array.from({ length: count }, (_, n) => ({ name: `${n}.zip`, type: 'application/zip', bytes: packed })),
      });
    expect((await read(mail(2), 'a.eml')).pages.map(({ text }) => text)).toContain('A note');
    expect(await refusal(mail(3), 'a.eml')).toEqual({ reason: 'file-too-hard' });
  });

  test('with many pages in its attachments keeps the limit of the whole', async () => {
    const pdf = makePdf([['a'], ['b']]);
    const files = [1, 2, 3].map((n) => ({ name: `${n}.pdf`, type: 'application/pdf', bytes: pdf }));
    const limits = { fileBytes: 1e6, pagesPerFile: 6, extractSeconds: 60 };
    const reason = { reason: 'file-too-many-pages', limit: 6 };
    expect(await refusal(makeMail({ text: 'x', files }), 'a.eml', { limits })).toEqual(reason);
  });
});

describe('an Outlook message', () => {
  test('is its headers, text and attachments', async () => {
    const files = [{ name: 'pass.pdf', bytes: makePdf([['Cabin 7108']]) }];
    const { kind, pages } = await read(makeMsg({ subject: 'Fähre', text: 'Grüße', files }), 'a.msg');
    expect(kind).toBe('msg');
    expect(pages.map(({ label, text }) => [label, text])).toEqual([
      [null, '# Fähre\n\nFrom: Ada <ada@home.test>\nTo: Ben <ben@home.test>\n\nGrüße'],
      ['pass.pdf p. 1', 'Cabin 7108'],
    ]);
  });

  test('that was forwarded is read with its attachments', async () => {
    const inner = { subject: 'Inner', text: 'Inside', files: [{ name: 'pass.pdf', bytes: makePdf([['Cabin 7108']]) }] };
    const { pages } = await read(
      makeMsg({ subject: 'Fwd', text: 'See', files: [{ name: 'Inner', message: inner }] }),
      'a',
    );
    expect(pages.map(({ label, text }) => [label, text.split('\n')[0]])).toEqual([
      [null, '# Fwd'],
      ['Inner', '# Inner'],
      ['Inner › pass.pdf p. 1', 'Cabin 7108'],
    ]);
  });

  test('in HTML only is its visible text', async () => {
    const { pages } = await read(makeMsg({ subject: 'S', html: '<p>Grüße <i>aus</i> Dämmerode</p>' }), 'a');
    expect(pages[0]!.text).toMatch(/\n\nGrüße aus Dämmerode$/);
  });
});

describe('an archive', () => {
  test('is its files under their names and folders', async () => {
    const archive = zip({
      '2023/bill.txt': 'Total 10',
      '2024/bill.txt': 'Total 12',
      '__MACOSX/2024/._bill.txt': 'rubbish',
      'wishes.docx': makeDocx(paragraph('A bicycle', 1)),
    });
    const { kind, pages, unreadable } = await read(archive, 'a.zip');
    expect(kind).toBe('zip');
    expect(labels(pages)).toEqual(['2023 › bill.txt', '2024 › bill.txt', 'wishes.docx']);
    expect(unreadable).toEqual([]);
  });

  test('gives what can be read of it, and names the rest', async () => {
    const archive = zip({ 'a.txt': 'readable', 'b.bin': noise, 'c.pdf': '%PDF-1.4 broken' });
    const { pages, unreadable } = await read(archive, 'a.zip');
    expect(labels(pages)).toEqual(['a.txt']);
    expect(unreadable).toEqual(['b.bin', 'c.pdf']);
  });

  test('in archives gives each file its place, by the innermost name where all of them are too long', async () => {
    const letter = `${'A letter about the boiler '.repeat(4)}of 2024.txt`;
    const archive = zip({
      'a.zip': zip({ 'scan.txt': 'one', 'empty.txt': ' ' }),
      'b.zip': zip({ 'scan.txt': 'two', [letter]: 'three' }),
      'papers of the house in Linden Street.zip': zip({ 'the contract with the gardener.txt': 'four' }),
    });
    const { pages, unreadable } = await read(archive, 'a.zip');
    expect(labels(pages)).toEqual([
      'a.zip › scan.txt',
      'b.zip › scan.txt',
      expect.stringMatching(/^A letter about .{20,}….* of 2024\.txt$/),
      'the contract with the gardener.txt',
    ]);
    expect(unreadable).toEqual(['a.zip › empty.txt']);
    expect(pages.map(({ inside }) => inside?.name).at(-1)).toBe(
      'papers of the house in Linden Street.zip › the contract with the gardener.txt',
    );
  });

  test('of more files than anybody packs is refused', async () => {
    const files = Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`${n}.txt`, `text ${n}`]));
    expect(await refusal(zip(files), 'a.zip')).toEqual({ reason: 'file-too-hard' });
  });

  test('with a password is refused as such', async () => {
    const archive = zip({ 'a.txt': 'text' });
    for (const [magic, flags] of [
      ['PK\x03\x04', 6],
      ['PK\x01\x02', 8],
    ] as const)
      archive[archive.indexOf(magic, 0, 'latin1') + flags]! |= 1;
    expect(await refusal(archive, 'a.zip')).toEqual({ reason: 'file-encrypted' });
  });

  test('that declares more than it may hold is refused before anything is inflated', async () => {
    const archive = zip({ 'a.txt': 'text' });
    archive.writeUInt32LE(200 << 20, archive.indexOf('PK\x01\x02', 0, 'latin1') + 24);
    expect(await refusal(archive, 'a.zip')).toEqual({ reason: 'file-too-hard' });
  });

  test('whose files share their bytes is refused: that is how small archives become large', async () => {
    const text = Buffer.from(Array.from({ length: 500 }, (_, n) => `Line ${n * 7919}`).join(' '));
    expect((await read(overlappingZip(text, 1), 'a.zip')).pages).toHaveLength(1);
    expect(await refusal(overlappingZip(text, 5), 'a.zip')).toEqual({ reason: 'file-too-hard' });
  });

  test('whose only file lies about its size is damaged', async () => {
    const archive = zip({ 'a.txt': 'text '.repeat(1000) });
    archive.writeUInt32LE(100, archive.indexOf('PK\x01\x02', 0, 'latin1') + 24);
    expect(await refusal(archive, 'a.zip')).toEqual({ reason: 'file-damaged' });
  });
});
