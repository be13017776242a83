import { readdirSync, readFileSync } from 'node:fs';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { findCommand } from '../../../bot/commands/find-command.ts';
import { COMMANDS } from '../../../bot/commands/index.ts';
import { ERROR_SHAPES } from '../../../bot/wording/facts/trouble.ts';
import { CATALOGUE, say, sayError, type TextKey, type Texts } from '../../../bot/wording/say.ts';
import { LANGUAGES } from '../../../core/caller.ts';
import { AppError } from '../../../core/errors.ts';
import { REFUSALS } from '../../../core/ingest/extractor.ts';
import { ALERT_SHAPES } from '../../../core/wording/alerts/facts.ts';
import { sayAlert } from '../../../core/wording/alerts/say-alert.ts';
import { Markdown } from '../../../core/wording/markdown.ts';
import { WATCHES } from '../../../ops/health/health-watches.ts';

/** One example of facts for every kind of blank: an entry reads just those that it names. */
const EXAMPLE: Readonly<Record<string, unknown>> = {
  ...{
    scopes: ['upload', 'ask'],
    scope: 'ask',
    install: '/opt/kinkeeper/ops/host/install',
    trustKey: 'npm run kinkeeper -- checklist --trust-key',
    measures: '/opt/kinkeeper/ops/host/measures',
    madeAt: 1_700_000_000_000,
    endsAt: 1_800_000_000_000,
    usedAt: 0,
    uses: 3,
  },
  ...{ method: 'PUT', methods: 'GET, POST', place: 'body', field: 'question', problem: 'long', type: 'string' },
  ...{ takes: 'question, conversation', least: 1, most: 4000, may: 'upload, read' },
  ...{ isEnded: false, make: new Markdown('`!apikey new scanner`'), revoke: new Markdown('`!apikey revoke 2`') },
  ...{
    name: 'Rental_contract*.pdf',
    person: '@ben:home.test',
    question: 'when?',
    page: '3',
    pages: 12,
    passages: 34,
    unreadable: ['2', 'a.zip', 'b', 'c'],
    damaged: true,
    generation: 'kin-20270131T031500Z-1a2b3c',
    made: 3,
    figure: 4,
    provenAgo: 90_000_000,
    places: ['local', 'attic'],
    unread: ['nas'],
    from: 'attic',
    testQuestions: 2,
    hidden: 4,
    proof: new Markdown('ok'),
    place: 'local',
    tenants: 3,
    reason: 'backup-damaged',
    ...{ told: 2, stores: 3, asked: 2, answered: 2 },
  },
  ...{
    says: new Markdown('x'),
    evidence: new Markdown('`y`'),
    fix: new Markdown('`z`'),
    mend: new Markdown('x'),
    titles: [new Markdown('x')],
  },
  ...{ passing: 3, failing: 2, notKnown: 1, judgedAgo: 9e6, hostAgo: 9e6, line: 'time', lines: 2 },
  ...{ callAll: new Markdown('`!x`'), callRun: new Markdown('`!y`') },
  ...{ from: '0.1.0', to: '0.2.0', why: 'service-died' },
  ...{
    number: 3,
    done: 40,
    total: 200,
    ahead: 2,
    bytes: 120_000,
    addedAt: 1_700_000_000_000,
    kind: 'pdf',
    depth: 'growing',
  },
  ...{
    documents: 5,
    mayExport: true,
    ...{ roomQuestions: 2, roomPapers: 1, elsewhere: 2, again: new Markdown('`!forget chat`') },
    server: 'home.test',
    role: 'admin',
    language: 'en',
    greeted: false,
    people: 4,
    given: 'x',
    part: 'Sheet 1',
  },
  ...{
    answering: null,
    embedding: null,
    embeddingState: 'downloading',
    embedded: 12,
    meanwhile: 'words',
    version: '0.1.0',
    uptime: 3_700_000,
    memoryBytes: 2e8,
    state: 'silent',
    ago: 250_000,
  },
  ...{ files: 1, questions: 2, replies: 3, undecryptable: 1, undelivered: 1, open: 2, shown: 2, at: 1_700_000_000_000 },
  ...{
    key: 'EsTx 1234',
    code: 'AB-CD',
    model: 'smollm',
    facts: 'a 1',
    times: 3,
    sentences: 2,
    ...{ wait: 95_000, running: 1, waiting: 2, turns: 3, oldestAge: 7e6, cases: 2, names: ['a.pdf'], answer: 'x' },
    ...{ forgetChat: new Markdown('`!x`'), clear: new Markdown('`!x`'), list: new Markdown('`!x`') },
    reference: 'abcd1234',
    remote: 'nas',
    file: 'ab12.db',
    limit: 50_000_000,
    seconds: 60,
  },
  ...{
    ...{
      generation: 2,
      master: 9e9,
      passphrase: 8e9,
      recovery: -1,
      count: 4,
      kinds: { person: 2, room: 1, shelf: 1 },
      undated: 1,
      oldest: 7e9,
      newest: 1e6,
    },
    ...{ keys: 3, call: new Markdown('`!x`') },
    failures: 3,
    freeBytes: 3e9,
    loadPerCore: 4.5,
    freePercent: 4,
    ...{ usedPercent: 90, user: 'ada', from: '10.8.0.2', restarts: 2, way: 'mail', days: 9 },
    job: 'health',
    count: 2,
    row: 7,
    emoji: '🐶 Dog',
    suggestion: new Markdown('`!files`'),
  },
  ...{
    usage: new Markdown('`!forget <n>`'),
    ...{ gone: [{ name: 'a.pdf', number: 1 }], restored: [2], unknown: [8, 9], most: 20 },
    command: new Markdown('`!forget 3`'),
    called: [{ name: 'a.pdf', command: new Markdown('`!forget 3`') }],
    ...{
      counts: { documents: 3, turns: 1, roomPapers: 2 },
      before: { passages: 12 },
      after: { passages: 0 },
      now: 1_600_000_000_000,
    },
    ...{
      confirm: new Markdown('`!x`'),
      fingerprint: new Markdown('`abcd`'),
      stop: new Markdown('`!x`'),
      ...{ link: new Markdown('`l`'), address: new Markdown('`a`'), bot: new Markdown('`b`') },
      ...{ local: new Markdown('`n`'), reset: new Markdown('`!x`'), isLeaving: true },
      step: 'shred',
      attempts: 2,
      erasedAt: 1_700_000_000_000,
    },
    ...{ remains: ['audit', 'chat-address'], backups: [{ name: 'monday', madeAt: 1, keptUntil: 1_700_000_000_000 }] },
    ...{
      firstPart: new Markdown('`!x`'),
      whole: new Markdown('`!x`'),
      whose: new Markdown('x'),
      show: new Markdown('`!x`'),
    },
    side: 'reader',
    ...{ ack: new Markdown('`!x`'), snooze: new Markdown('`!x`'), severity: new Markdown('s'), time: 7e6 },
    ...{ raisedAt: 1e12, lastAt: 1e12, clearedAt: 2e12, deliveredAt: 1e12, isFlapping: true },
    ...{ acknowledgedAt: 1e12, snoozedUntil: 2e12, until: 2e12 },
    summary: new Markdown('s'),
    examples: [new Markdown('`!x`')],
    names: [new Markdown('`!y`')],
  },
  ...{
    note: 'from aunt Frieda',
    owner: 'Ada',
    replacedBy: 5,
    replacedAt: 1_700_000_000_000,
    back: 2,
    found: 2,
    word: 'rent',
    languages: ['English', 'German'],
    embedded: 12,
    last: '12',
    ...{
      unit: 'sheet',
      parts: 3,
      more: 2,
      begins: 'Dear Ada',
      about: 2,
      several: new Markdown('`!x`'),
      stretch: new Markdown('`!x`'),
    },
    ...{
      until: 1_900_000_000_000,
      end: new Markdown('`!x`'),
      isTold: false,
      lent: 2,
      lentTo: ['@ben:home.test'],
      readers: ['@ben:home.test'],
      document: 4,
      joiner: '@cem:home.test',
    },
    kept: 4,
    ...{ age: 7e6, isProven: true, earlier: 5e8, made: 3, proven: 2, median: 2.4, slow: 16, most: 9 },
    newestOne: new Markdown('x'),
    ...{ from: 1_699_000_000_000, to: 1_700_000_000_000, answers: 20, medianSeconds: 2, keptBytes: 1e9 },
    ...{ keptChangeBytes: 1e7, diskFreeBytes: 2e9, diskBytes: 9e9, fullInDays: 30, backupsMade: 7, backupsProven: 6 },
    ...{ backupsFailed: 1, provenAgeMs: 7e6, hasBackups: true, updatesMade: 1, updatesFailed: 1, securityUpdates: 2 },
    ...{ rebootRequired: true, jobsFailed: 2, alertsRaised: 3, alertsOpen: 1, failedLogins: 9 },
    needs: { ...{ recoveryCode: true, noBackup: true, oldBackup: true }, updates: true, alerts: true, failures: true },
    known: 1,
    failed: ['a.pdf', 'b.pdf'],
    show: new Markdown('`!show`'),
  },
  ...{ versions: 2, askedAt: 1_700_000_000_000, vectors: ['e5'], backupsMade: 2, keptUntil: 1_700_000_000_000 },
  ...{
    everything: new Markdown('`!x`'),
    nth: 1,
    folder: '/tmp/x',
    free: 1_700_000_000_000,
    exports: 0,
    password: new Markdown('`x`'),
  },
  ...{ mark: 'L2', part: new Markdown('`!show 3 1`'), all: new Markdown('`!export 3`'), takenBack: 2, standing: 1 },
  ...{ reader: '@cem:home.test', length: 5 },
  ...{
    ...{ id: new Markdown('`health`'), details: [new Markdown('x')], jobNames: [new Markdown('`health`')] },
    ...{ schedule: { kind: 'daily', time: '03:15' }, nextAt: 1_700_000_000_000, dry: true, requests: 2 },
    ...{ ended: 'lost', ranAgo: 9e6, took: 95_000, progress: new Markdown('x'), counted: 'rows 12' },
    ...{ run: new Markdown('`!x`'), cancel: new Markdown('`!x`'), life: 'silent', heardAgo: 9e6 },
    ...{ lockedAt: 1_700_000_000_000, evidenceAt: 1_700_000_000_000, provenAt: 1 },
    ...{
      settled: 3,
      all: 10,
      rehearsedAt: 1_700_000_000_000,
      failures: 1,
      lock: new Markdown('x'),
      keep: new Markdown('x'),
    },
    ...{
      from: 1,
      to: 2,
      events: 3,
      other: new Markdown('x'),
      stands: 'next',
      how: new Markdown('x'),
      items: [new Markdown('x')],
    },
    ...{
      report: new Markdown('x'),
      rehearse: new Markdown('x'),
      skipCall: new Markdown('x'),
      begin: new Markdown('x'),
      doneCall: new Markdown('x'),
      acknowledgedBy: new Markdown('x'),
      missing: [new Markdown('x')],
    },
    ...{ result: 'ok', archive: new Markdown('c'), sha256: new Markdown('d') },
    ...{ stepsDone: 2, stepsTotal: 5, why: 'no-dry', withdrawn: 1, ending: 1 },
    ...{ hindrance: 'limit', others: 2, problem: 'EROFS', waitMs: 60_000 },
  },
  ...{ next: new Markdown('`!files 2`'), forget: new Markdown('`!forget 1`'), change: new Markdown('`!language`') },
  ...{
    marks: new Markdown('[1]'),
    source: new Markdown('s'),
    snippet: new Markdown('t'),
    severity: new Markdown('s'),
    text: new Markdown('t'),
  },
  ...{ who: new Markdown('w'), act: new Markdown('a'), what: new Markdown('b'), outcome: 'refused', numbers: ['3'] },
  ...{
    what: 'documents',
    days: 30,
    least: 1,
    most: 0,
    chosen: true,
    cut: false,
    audit: 365,
    jobs: 90,
    alerts: 90,
    ids: 30,
  },
  ...{ side: 'least', going: 2, removed: 2, turnDays: 30, confirm: new Markdown('`!x`') },
  ...{ lent: 2, borrowed: 1, given: 'x' },
  ...{ word: 'chat', owner: '@ben:home.test', years: 5, span: { from: 1_790_000_000_000, to: 1_790_000_900_000 } },
  ...{ rows: 12, papers: 3, shares: 2, first: 4, hash: 'ab12', action: 'moon.phase' },
};

const KEYS = Object.keys(CATALOGUE.en) as TextKey[];
const EVERY = LANGUAGES.flatMap((language) => KEYS.map((key) => [language, key] as const));

describe('the catalogue', () => {
  it('ends a sentence with one dot, also behind a unit that has one, and says "just now" of what was', () => {
    const run = { job: new Markdown('audit'), dry: false, took: 3000, progress: new Markdown('') };
    expect(say('de', 'run.now', run as never)).toMatch(/Läuft seit 3 Sek\.$/);
    const head = { passing: 1, failing: 0, notKnown: 0, judgedAgo: 0, hostAgo: 59_000 };
    expect(say('en', 'checklist.head', head)).toContain('Judged just now, from what the host said just now.');
    expect(say('de', 'checklist.head', { ...head, hostAgo: 60_000 })).toMatch(/Beurteilt gerade eben, .* vor 1 Min/);
  });

  it('holds the same keys in every language', () => {
    for (const language of LANGUAGES) expect(Object.keys(CATALOGUE[language]).sort()).toEqual([...KEYS].sort());
  });

  it.each(EVERY)('%s %s fills every blank and is plain Markdown without tables, HTML or links', (language, key) => {
    const text = say(language, key, EXAMPLE as Texts[TextKey]);
    expect(text.trim()).not.toBe('');
    expect(text).not.toMatch(/undefined|NaN|\[object|\$\{/);
    const html = marked.parse(text, { async: false, gfm: true, breaks: true });
    expect(html).not.toMatch(/<(?!\/?(p|strong|em|code|pre|ul|ol|li|br)\b)/);
    expect(html.replace(/<code>.*?<\/code>/g, '')).not.toMatch(/\*\*|`/);
    expect(Buffer.byteLength(text)).toBeLessThan(3000);
  });

  it.each(EVERY)('%s %s names only commands that exist', (language, key) => {
    const text = say(language, key, EXAMPLE as Texts[TextKey]);
    for (const [, name = '', rest = ''] of text.matchAll(/`!(\p{L}+)([^`]*)`/gu)) {
      if (['x', 'y'].includes(name)) continue; // from the examples above
      expect(findCommand(COMMANDS, name, rest.trim())?.command.name, `${name}${rest}`).toBeDefined();
    }
  });

  it('is written in two languages, not in one', () => {
    const same = KEYS.filter(
      (key) => say('en', key, EXAMPLE as Texts[TextKey]) === say('de', key, EXAMPLE as Texts[TextKey]),
    );
    // Lines without words of a language: labels of addresses, marks, bare names.
    expect(same.sort()).toEqual(
      [
        ...['help.line', 'jobs.line', 'label.admin', 'label.person', 'label.take-along', 'request.emoji'],
        ...['alert.raised', 'alerts.full', 'figure.generation', 'picture.count', 'picture.size', 'checklist.passing'],
      ].sort(),
    );
  });

  it('shows who sends an iPhone’s photo a way out, and names in the greeting what is read', () => {
    const heic = new AppError('unsupported', 'x', { reason: 'file-kind', facts: { kind: 'heic' } });
    expect(sayError('en', heic, '')).toMatch(/HEIC photos.*as JPG.*Settings > Camera > Formats > Most Compatible/);
    expect(sayError('de', heic, '')).toMatch(/HEIC-Fotos.*als JPG.*Kamera > Formate > Maximale Kompatibilität/);
    const odd = new AppError('unsupported', 'x', { reason: 'file-kind', facts: { kind: 'exe' } });
    expect(sayError('en', odd, '')).not.toContain('iPhone');
    for (const word of ['PDF', 'photo or scan', 'mail', 'calendar', 'contacts', 'ZIP'])
      expect(say('en', 'greeting')).toContain(word);
    for (const word of ['PDF', 'Foto oder Scan', 'Mail', 'Kalender', 'Kontakte', 'ZIP'])
      expect(say('de', 'greeting')).toContain(word);
  });

  it('writes numbers, sizes and plurals as the language does', () => {
    const facts = {
      name: 'a.pdf',
      kind: 'pdf',
      number: 1,
      pages: 2,
      passages: 12_345,
      unreadable: [],
      damaged: false,
      depth: 'ready',
    } as const;
    expect(say('en', 'kept', facts)).toContain('2 pages, 12,345 passages');
    expect(say('de', 'kept', facts)).toContain('2 Seiten, 12.345 Abschnitte');
    for (const isLong of [true, false]) expect(say('de', 'question.queued', { isLong })).not.toMatch(/\d/);
    expect(say('de', 'stopped', { running: 0, waiting: 1, exports: 0 })).toBe(
      'Abgebrochen: 1 Frage, die noch wartete.',
    );
    const torn = { ...facts, unreadable: ['a.bin', 'b', 'c', 'd', 'e'], damaged: true };
    expect(say('en', 'kept', torn)).toContain('The file is damaged: I read it as far as it goes.');
    expect(say('de', 'kept', torn)).toContain('konnte ich nicht lesen (a.\u2060bin, b, c und 2 weitere)');
    expect(say('en', 'error.file-too-large', { limit: 52_428_800 })).toMatch(/52\sMB/);
    expect(say('de', 'alert.disk-low', { freeBytes: 1_250_000_000 })).toMatch(/1,3\sGB/);
    expect(say('en', 'reading', { name: 'a.eml', done: 1, total: 1 })).toBe('Reading **a.eml** …');
    expect(say('en', 'reading', { name: 'a.pdf', done: 40, total: 200 })).toBe(
      'Reading **a.pdf** … 40 of 200\n▓▓░░░░░░░░',
    );
  });

  it('makes facts inert at any depth', () => {
    expect(say('en', 'known', { name: '**x** <b>', number: 1, addedAt: 0 })).toContain('**\\*\\*x\\*\\* \\<b\\>**');
    const models = { answering: { name: '<i>', host: '[a](b)' }, embedding: null };
    const text = say('en', 'privacy', {
      ...models,
      documents: 1,
      passages: 1,
      server: 's',
      ...{ turns: 2, oldestAge: 60_000, turnDays: 30, cases: 1, lent: 0, borrowed: 0, forgetChat: new Markdown('`c`') },
      ...{ roomQuestions: 0, roomPapers: 0 },
      forget: new Markdown('`f`'),
    });
    expect(text).toContain('\\<i\\> on **\\[a\\](b)**');
  });
});

describe('sayError', () => {
  it('has words for every reason a file can be refused for, in both languages', () => {
    for (const reason of [...REFUSALS, 'file-empty', 'file-too-large', 'file-timeout']) {
      const facts = { limit: 3, kind: 'exe', seconds: 60 };
      const texts = LANGUAGES.map((language) =>
        sayError(language, new AppError('internal', 'no', { reason, facts }), 'r1'),
      );
      for (const text of texts) expect(text, reason).not.toContain('r1');
      expect(texts[0]).not.toBe(texts[1]);
    }
  });

  it('falls back to the code for an unknown reason, or when facts are missing', () => {
    expect(sayError('en', new AppError('unavailable', 'secret', { reason: 'odd' }), 'r1')).toBe(
      say('en', 'trouble.unavailable'),
    );
    expect(sayError('en', new AppError('too-large', 'secret', { reason: 'file-too-large' }), 'r1')).toBe(
      say('en', 'trouble.too-large'),
    );
    expect(sayError('en', new AppError('invalid', 'secret', { reason: 'constructor' }), 'r1')).toBe(
      say('en', 'trouble.invalid'),
    );
  });

  it('shows only the reference of anything unexpected', () => {
    for (const thrown of [
      new Error('words of a person'),
      'text',
      null,
      new AppError('internal', 'words of a person'),
    ]) {
      const text = sayError('de', thrown, 'abcd1234');
      expect(text).toContain('abcd1234');
      expect(text).not.toContain('words');
    }
  });

  it('knows every error shape in every language', () => {
    for (const reason of Object.keys(ERROR_SHAPES)) {
      for (const language of LANGUAGES) expect(Object.hasOwn(CATALOGUE[language], `error.${reason}`)).toBe(true);
    }
  });
});

describe('sayAlert', () => {
  it('has words for everything that the health job watches, with the facts it gives', () => {
    const readings = new Proxy({}, { get: () => 5 }) as Parameters<(typeof WATCHES)[number]['facts']>[0];
    for (const watch of WATCHES) {
      expect(
        sayAlert('en', { code: watch.code, facts: watch.facts(readings, 1_800_000_000_000), repeats: 0 }),
      ).not.toContain('something called');
    }
  });

  it('has words for every code that any source raises', () => {
    const root = new URL('../../../', import.meta.url);
    const files = ['bot', 'core', 'ops'].flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map(
        (name) => new URL(`${folder}/${name}`, root),
      ),
    );
    const raised = files
      .filter(({ pathname }) => pathname.endsWith('.ts'))
      .flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/raise\(\{\s*code: '([a-z-]+)'/g)].map(([, code]) => code),
      );
    expect(raised).toContain('stranger-invite');
    for (const code of raised) expect(Object.keys(ALERT_SHAPES)).toContain(code);
  });

  it('has words for every code, and tells repeats', () => {
    for (const [code, shape] of Object.entries(ALERT_SHAPES)) {
      const facts = Object.fromEntries(
        Object.entries(shape).map(([name, kind]) => [name, kind === 'number' ? 5 : 'x']),
      );
      for (const language of LANGUAGES)
        expect(sayAlert(language, { code, facts, repeats: 0 })).not.toContain(code === 'undecryptable' ? '“' : code);
    }
    expect(sayAlert('en', { code: 'index-damaged', facts: {}, repeats: 2 })).toMatch(/reported 3 times\.$/);
  });

  it('still shows an alert that it does not know', () => {
    expect(sayAlert('en', { code: 'moon-gone', facts: { count: 2, host: 'a' }, repeats: 0 })).toBe(
      'something called “moon-gone” was reported (count 2, host a).',
    );
    expect(sayAlert('de', { code: 'disk-low', facts: { freeBytes: 'much' }, repeats: 0 })).toContain('disk-low');
  });
});
