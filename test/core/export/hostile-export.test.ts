import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { type ExportFile, jsonFile } from '../../../core/export/export-format.ts';
import { importExport } from '../../../core/export/import-export.ts';
import { makeManifest } from '../../../core/export/manifest.ts';
import { checkExport } from '../../../core/export/read-export.ts';
import { createLogger } from '../../../core/log.ts';
import { DAY_MS } from '../../../core/retention/age.ts';
import { DEFAULT_POLICY } from '../../../core/retention/policy.ts';
import { sweepRetention } from '../../../core/retention/sweep.ts';
import { writeSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { sampleDocument, samplePassage } from '../sqlite/sample-documents.ts';
import { NOW, openTestState, temporaryFolder } from '../sqlite/temporary-state.ts';
import { asParts, PASSWORD, wordsOf } from './sample-tenant.ts';

let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let ada: Caller;
beforeEach(async () => {
  place = temporaryFolder();
  state = await openTestState(place.stateDir);
  state.control.people.add({ id: '@ada:home.test', role: 'admin', language: 'en' });
  ada = state.control.people.callerFor('@ada:home.test')!;
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

/** A document as an export holds it; `changes` is what somebody with the password made of it. */
function document(number: number, changes: Record<string, unknown> = {}) {
  const source = `$came${number}`;
  return {
    ...{
      number,
      name: `came-${number}.pdf`,
      kind: 'pdf',
      bytes: 1,
      pages: 1,
      addedAt: NOW - 1000,
      source,
      digest: null,
    },
    ...{ note: '', passageCount: 1, sources: [{ source, addedAt: NOW - 1000, note: '', room: null }] },
    ...{ piece: 1, pieces: 1, passages: [passageAt(0, `text ${number}`)] },
    ...changes,
  };
}

const passageAt = (position: number, text = 'x') => ({ position, page: null, heading: '', start: 0, end: 1, text });

interface Made {
  readonly documents?: readonly Record<string, unknown>[];
  readonly settings?: readonly unknown[];
  readonly more?: readonly ExportFile[];
  readonly manifest?: Record<string, unknown>;
  /** Put in behind the manifest's back. */
  readonly added?: readonly ExportFile[];
}

function zipOf({ documents = [], settings = [], more = [], manifest = {}, added = [] }: Made): Promise<Buffer> {
  const pieces = documents.map((one, at) => jsonFile(`documents/${at}.json`, one));
  const files = [jsonFile('settings.json', settings), ...pieces, ...more];
  const about = { export: 'e', person: '@ada:home.test', madeAt: NOW, product: 'x', part: 1, parts: 1 };
  const written = { ...makeManifest(files, about), ...manifest };
  return writeSealedZip([jsonFile('manifest.json', written), ...files, ...added], { password: PASSWORD, at: NOW });
}

const bring = async (...made: Made[]) =>
  importExport(ada, await checkExport(asParts(await Promise.all(made.map(zipOf)))), { vault: state.vault, wordsOf });
const documents = () => state.vault.read(ada, (reader) => reader.documents().map(({ name }) => name));

function sweep(now: number): string[] {
  const gone: string[] = [];
  const log = createLogger({ name: 'test', level: 'silent' });
  const told = {
    onSoon: () => {},
    onGone: (_: unknown, all: readonly { name: string }[]) => gone.push(...all.map(({ name }) => name)),
  };
  const { vault, control } = state;
  sweepRetention({ vault, control, policy: DEFAULT_POLICY, people: control.people.list(), ...told, log }, now);
  expect(control.jobs.last('retention')?.outcome).toBe('ok');
  return gone;
}

describe('settings of another household', () => {
  it('that count or name its own documents stay there; choices come', async () => {
    state.vault.write(ada, (writer) => {
      for (const name of ['a', 'b', 'c'])
        writer.addDocument(sampleDocument(`$${name}`, { name, addedAt: NOW - 300 * DAY_MS }), [samplePassage(0, name)]);
    });
    const settings = [
      { key: 'retention.named', value: JSON.stringify({ 3: NOW - 8 * DAY_MS }) },
      { key: 'retention.documents', value: '30 days' },
      { key: 'forgettings', value: 'x' },
    ];
    await bring({ documents: [document(3)], settings });
    expect(state.vault.read(ada, (reader) => [reader.forgettings(), reader.setting('retention.documents')])).toEqual([
      ...[0, '30 days'],
    ]);
    expect(sweep(NOW + 1000)).toEqual([]);
    expect(documents()).toEqual(['a', 'b', 'c', 'came-3.pdf']);
  });

  it('that are broken break no sweep', async () => {
    const broken = ['retention.named', 'retention.chat', 'forgettings'].map((key) => ({ key, value: '{' }));
    await bring({ documents: [document(1)], settings: broken });
    sweep(NOW + 400 * DAY_MS);
    expect(state.vault.read(ada, (reader) => reader.setting('retention.chat'))).toBeUndefined();
  });
});

it('a version whose successor is not there is the newest one, also beside others', async () => {
  const version = { replacedBy: 77, replacedAt: NOW };
  await bring({ documents: [document(1, version), document(2, { replacedBy: 1, replacedAt: NOW })] });
  expect(documents()).toEqual(['came-1.pdf']);
  await bring({ documents: [document(5, version)] });
  expect(documents()).toEqual(['came-1.pdf', 'came-5.pdf']);
});

const twice = [passageAt(0), passageAt(0)];
const circle = [document(1, { replacedBy: 2, replacedAt: NOW }), document(2, { replacedBy: 1, replacedAt: NOW })];
const sameMessage = [document(1), document(2, { source: '$came1', sources: document(1).sources })];
const piecesMeet = [
  document(1, { pieces: 2, passages: [passageAt(0), passageAt(1)] }),
  document(1, { piece: 2, pieces: 2, passages: [passageAt(1)] }),
];
it.each<[string, Made, RegExp]>([
  ['a number after which none can come', { documents: [document(Number.MAX_SAFE_INTEGER)] }, /shape/],
  ['two passages at one place', { documents: [document(1), document(2, { passages: twice })] }, /shape/],
  ['two pieces that overlap', { documents: piecesMeet }, /at the place of another/],
  ['a field that nobody knows', { documents: [document(1, { more: 1 })] }, /shape/],
  ['a time beyond all calendars', { documents: [document(1, { addedAt: 8.64e15 })] }, /shape/],
  ['a piece of more than there are', { documents: [document(1, { piece: 3 })] }, /shape/],
  ['a digest that is none', { documents: [document(1, { digest: 'abc' })] }, /shape/],
  ['no message that brought it', { documents: [document(1, { sources: [] })] }, /shape/],
  ['one message for two documents', { documents: sameMessage }, /another document names/],
  ['versions in a circle', { documents: circle }, /replaced by itself/],
  ['a setting that is no text', { settings: [{ key: 'retention.chat', value: 7 }] }, /shape/],
  ['a list of parts without end', { manifest: { parts: 1e9 } }, /manifest.json does not have the shape/],
  [
    'a file that the manifest does not name',
    { added: [jsonFile('documents/9.json', document(9))] },
    /added afterwards/,
  ],
])('is refused as a whole for %s', async (_, made, says) => {
  await expect(bring(made)).rejects.toMatchObject({ code: 'invalid', reason: 'export-damaged' });
  await expect(bring(made)).rejects.toThrow(says);
  expect(documents()).toEqual([]);
});

it('parts of two exports are not taken for one', async () => {
  const [one, two] = [
    { documents: [document(1)], manifest: { parts: 2 } },
    { documents: [document(2)], manifest: { parts: 2, part: 2, export: 'f' } },
  ];
  await expect(bring(one, two)).rejects.toThrow(/different exports; nothing was read/);
  expect(documents()).toEqual([]);
});

it('a small part that opens to very much is refused before it is opened', async () => {
  const zip = await zipOf({ more: [{ name: 'index.html', bytes: Buffer.alloc(140 * 1024 * 1024) }] });
  expect(zip.length).toBeLessThan(1_000_000);
  await expect(checkExport(asParts([zip]))).rejects.toMatchObject({ reason: 'export-too-large' });
});
