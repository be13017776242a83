import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { ADA, ApiHouse, BEN } from './api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await new ApiHouse().open();
});
afterEach(() => house[Symbol.asyncDispose]());

const LETTER = 'Dear Ada, the rent of the flat in Linden is 940 euros a month. The deposit is three months of rent.';

function form(text: string, name: string, more: Record<string, string> = {}): FormData {
  const data = new FormData();
  data.append('file', new Blob([text]), name);
  for (const [field, value] of Object.entries(more)) data.append(field, value);
  return data;
}

const json = (question: unknown) => ({
  ...{ method: 'POST', body: JSON.stringify(question) },
  headers: { 'content-type': 'application/json' },
});

describe('a paper', () => {
  it('sent as a form is kept, found in the list, asked about, and forgotten', async () => {
    const key = house.key(ADA);
    const sent = await house.call(key, '/v1/documents', {
      ...{ method: 'POST', body: form(LETTER, 'Lease.txt', { note: 'for the flat' }) },
    });
    expect(sent.status).toBe(201);
    expect(await sent.json()).toMatchObject({
      ...{ state: 'kept', known: false, error: null, text: expect.stringMatching(/Lease/) },
      document: { number: 1, name: 'Lease.txt', kind: 'txt', note: 'for the flat', replacedBy: null },
    });
    expect(house.told).toEqual([
      {
        person: ADA,
        key: expect.any(String),
        text: expect.stringMatching(/^A paper came in by your API key “key\w+”\. .*Lease\\?\.txt/),
      },
    ]);
    const list = await house.call(key, '/v1/documents');
    expect(await list.json()).toMatchObject({ documents: [{ number: 1, name: 'Lease.txt' }], more: false });
    const asked = await house.call(key, '/v1/ask', json({ question: 'How much is the rent?' }));
    expect(asked.status).toBe(200);
    expect(await asked.json()).toMatchObject({
      ...{ kind: 'passages', text: expect.stringContaining('940 euros') },
      sources: expect.arrayContaining([expect.objectContaining({ document: 1, name: 'Lease.txt', owner: null })]),
    });
    const gone = await house.call(key, '/v1/documents/1', { method: 'DELETE' });
    expect(await gone.json()).toMatchObject({ forgotten: { number: 1 }, restored: null });
    expect((await house.call(key, '/v1/documents/1', { method: 'DELETE' })).status).toBe(404);
    expect(await (await house.call(key, '/v1/documents')).json()).toEqual({ documents: [], more: false });
  });

  it('sent as it is takes its name from the address or a header; the same bytes again are known', async () => {
    const key = house.key(ADA);
    const body = 'name,price\nboiler,1200\n';
    const raw = (path: string, headers = {}) => house.call(key, path, { method: 'POST', body, headers });
    expect((await raw('/v1/documents?name=Boiler.csv&note=winter')).status).toBe(201);
    const again = await raw('/v1/documents', { 'content-disposition': 'attachment; filename="Other.csv"' });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({
      known: true,
      document: { name: 'Boiler.csv', note: 'winter', number: 1 },
    });
    const other = await house.call(key, '/v1/documents', {
      ...{
        method: 'POST',
        body: 'other words here',
        headers: { 'content-disposition': "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt" },
      },
    });
    expect(await other.json()).toMatchObject({ document: { name: 'Grüße.txt' } });
  });

  it('that takes long is told by its id, to its person alone', async () => {
    const key = house.key(ADA);
    // Somebody else's file is being read.
    let free = () => {};
    house.lanes.files.add(BEN, 'busy', () => new Promise<void>((resolve) => (free = resolve)));
    const sent = await house.call(key, '/v1/documents?wait=0', { method: 'POST', body: form(LETTER, 'Lease.txt') });
    expect(sent.status).toBe(202);
    const { upload, state } = (await sent.json()) as { upload: string; state: string };
    expect(state).toBe('working');
    const look = async (who: string) => (await house.call(who, `/v1/uploads/${upload}`)).json();
    expect(await look(key)).toMatchObject({ state: 'working', document: null });
    expect(await look(house.key(BEN))).toMatchObject({ error: { code: 'not-found', reason: 'no-such-upload' } });
    free();
    await house.lanes.files.drained();
    await expect.poll(() => look(key)).toMatchObject({ state: 'kept', document: { number: 1 } });
  });

  it('is refused when very many of one person wait, and taken from somebody else', async () => {
    const [ada, ben] = [house.key(ADA), house.key(BEN)];
    let free = () => {};
    house.lanes.files.add(BEN, 'busy', () => new Promise<void>((resolve) => (free = resolve)));
    const send = async (key: string, nth: number) =>
      (await house.call(key, `/v1/documents?wait=0&name=${nth}.txt`, { method: 'POST', body: `paper ${nth}` })).status;
    for (let nth = 0; nth < 50; nth += 1) expect(await send(ada, nth)).toBe(202);
    const refused = await house.call(ada, '/v1/documents?wait=0', { method: 'POST', body: 'one more' });
    expect([refused.status, await refused.json()]).toMatchObject([429, { error: { reason: 'api-files-wait' } }]);
    expect(await send(ben, 1)).toBe(202);
    house.desk!.stop(ADA);
    house.desk!.stop(BEN);
    free();
  });

  it('that cannot be read says why, and nothing is kept', async () => {
    const key = house.key(BEN);
    const send = (body: BodyInit, path = '/v1/documents') => house.call(key, path, { method: 'POST', body });
    const empty = await send(form('', 'leer.txt'));
    expect([empty.status, await empty.json()]).toMatchObject([
      400,
      { error: { reason: 'file-empty', message: /leer/ } },
    ]);
    const odd = await send(new Uint8Array([0, 1, 2, 3, 250, 251, 0, 0]));
    expect([odd.status, await odd.json()]).toMatchObject([415, { error: { reason: 'file-kind' } }]);
    const large = await send(new Uint8Array(2_000_001).fill(65));
    expect([large.status, await large.json()]).toMatchObject([413, { error: { reason: 'file-too-large' } }]);
    await send(new Uint8Array([0, 1, 2, 3, 250, 251, 0, 0]));
    // Said once in the chat, however often the scanner tries: what has a key is told once.
    const told = house.told.filter(({ text }) => /„key\w+“ kam \*\*document/.test(text));
    expect(told).toHaveLength(2);
    expect(new Set(told.map((one) => one.key)).size).toBe(1);
    expect(house.told.every(({ person }) => person === BEN)).toBe(true);
    const none = new FormData();
    none.append('note', 'no file here');
    expect(await (await send(none)).json()).toMatchObject({ error: { code: 'invalid', reason: 'api-no-file' } });
    const twice = form('Two passwords.', 'twice.txt', { password: 'one' });
    twice.append('password', 'two');
    expect(await (await send(twice)).json()).toMatchObject({ error: { code: 'invalid', reason: 'api-field-twice' } });
    expect(await (await house.call(key, '/v1/documents')).json()).toEqual({ documents: [], more: false });
  });
});

describe('an answer', () => {
  it('comes as events when that is asked for', async () => {
    const key = house.key(ADA);
    await house.call(key, '/v1/documents', { method: 'POST', body: form(LETTER, 'Lease.txt') });
    const { headers, ...rest } = json({ question: 'How much is the rent?', conversation: 'flat' });
    const response = await house.call(key, '/v1/ask', {
      ...rest,
      headers: { ...headers, accept: 'text/event-stream' },
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(await response.text()).toMatch(/event: answer\ndata: \{"kind":"passages","text":".*940 euros.*\}\n\n$/s);
  });

  it('never holds a word of others, nor do lists and numbers', async () => {
    await house.call(house.key(BEN), '/v1/documents', {
      method: 'POST',
      body: form('The PIN of the safe is 4711.', 'Safe.txt'),
    });
    const key = house.key(ADA);
    const asked = await house.call(key, '/v1/ask', json({ question: 'What is the PIN of the safe?' }));
    expect(await asked.json()).toMatchObject({ kind: 'empty', sources: [] });
    const gone = await house.call(key, '/v1/documents/1', { method: 'DELETE' });
    const never = await house.call(key, '/v1/documents/999', { method: 'DELETE' });
    expect(gone.status).toBe(404);
    const strip = ({ error }: { error: { reference: string; message: string } }) => ({
      ...error,
      reference: '',
      message: error.message.replace(/\d+/g, 'n'),
    });
    expect(strip((await gone.json()) as never)).toEqual(strip((await never.json()) as never));
    expect(await (await house.call(house.key(BEN), '/v1/documents')).json()).toMatchObject({
      documents: [{ number: 1 }],
    });
  });
});

describe('an export', () => {
  it('comes sealed with the password that was sent, and names the keys', async () => {
    const key = house.key(ADA);
    await house.call(key, '/v1/documents', { method: 'POST', body: form(LETTER, 'Lease.txt') });
    const none = await house.call(key, '/v1/export');
    expect([none.status, await none.json()]).toMatchObject([
      400,
      {
        error: {
          reason: 'api-invalid',
          message: expect.stringContaining(
            '“Export-Password” among the headers is missing. Expected: a text of 12 to 200 characters.',
          ),
        },
      },
    ]);
    const headers = { 'export-password': 'a long one of mine' };
    const response = await house.call(key, '/v1/export', { headers });
    expect(response.headers.get('export-parts')).toBe('1');
    const files = await openSealedZip(Buffer.from(await response.arrayBuffer()), {
      ...{ part: '1', password: 'a long one of mine' },
    });
    const names = [...files.keys()];
    expect(names).toContain('api-keys.json');
    const keys = JSON.parse(new TextDecoder().decode(files.get('api-keys.json')));
    expect(keys).toMatchObject([{ number: 1, scopes: ['upload', 'read', 'ask', 'export', 'delete'] }]);
    const id = response.headers.get('export-id');
    expect((await house.call(key, `/v1/export?export=${id}&part=2`, { headers })).status).toBe(404);
    expect((await house.call(house.key(BEN), `/v1/export?export=${id}`, { headers })).status).toBe(404);
  });
});

describe('who may', () => {
  it('needs a key that fits; each refusal says what helps, in the caller’s language', async () => {
    const look = async (headers: Record<string, string>) => {
      const response = await fetch(`${house.url}/v1/documents`, { headers });
      const { error } = (await response.json()) as { error: { reason: string; message: string } };
      return [response.status, error.reason, error.message] as const;
    };
    const key = house.key(ADA);
    expect(await look({})).toEqual([401, 'api-key-missing', expect.stringContaining('!apikey new')]);
    expect(await look({ 'accept-language': 'de-DE,de' })).toEqual([
      401,
      'api-key-missing',
      expect.stringContaining('Schlüssel'),
    ]);
    expect(await look({ authorization: `Bearer ${key.slice(0, -1)}` })).toEqual([
      401,
      'api-key-typo',
      expect.any(String),
    ]);
    expect(await look({ authorization: 'Bearer sk-123' })).toEqual([401, 'api-key-unknown', expect.any(String)]);
    expect(await look({ authorization: `Basic ${btoa(key)}` })).toEqual([401, 'api-key-missing', expect.any(String)]);
    const old = house.key(ADA, ['read'], 1000);
    house.clock.now += 1001;
    expect(await look({ authorization: `Bearer ${old}` })).toEqual([401, 'api-key-ended', expect.any(String)]);
    house.state.control.people.remove(ADA);
    expect(await look({ authorization: `Bearer ${key}` })).toEqual([401, 'api-key-ended', expect.any(String)]);
  });

  it('does what the key was made for, and nothing else', async () => {
    const key = house.key(BEN, ['upload']);
    expect((await house.call(key, '/v1/documents', { method: 'POST', body: form(LETTER, 'Lease.txt') })).status).toBe(
      201,
    );
    for (const [path, init] of [
      ['/v1/documents', {}],
      ['/v1/documents/1', { method: 'DELETE' }],
      ['/v1/ask', json({ question: 'rent?' })],
      ['/v1/export', { headers: { 'export-password': 'a long one of mine' } }],
    ] as const) {
      const response = await house.call(key, path, init);
      expect([response.status, await response.json()]).toMatchObject([403, { error: { reason: 'api-key-scope' } }]);
    }
    const rows = house.state.control.audit.recent(9).map(({ target, outcome }) => [target.split(' ')[1], outcome]);
    expect(rows).toEqual([
      ...['export:1', 'ask:1', 'delete:1', 'read:1'].map((act) => [act, 'refused']),
      ['upload:1', 'done'],
    ]);
  });
});

describe('what is sent wrong', () => {
  it('is named, and nothing breaks', async () => {
    const key = house.key(ADA);
    const cases: [string, RequestInit, number, string][] = [
      ['/v1/nothing', {}, 404, 'api-no-path'],
      ['/', {}, 404, 'api-no-path'],
      ['/v1/documents', { method: 'PUT' }, 405, 'api-method'],
      ['/v1/documents/one', { method: 'DELETE' }, 400, 'api-invalid'],
      ['/v1/documents/%', { method: 'DELETE' }, 400, 'api-invalid'],
      ['/v1/documents?limit=0', {}, 400, 'api-invalid'],
      ['/v1/documents?limit=1&limit=2', {}, 400, 'api-invalid'],
      ['/v1/documents?color=red', {}, 400, 'api-invalid'],
      ['/v1/ask', json({ question: '' }), 400, 'api-invalid'],
      ['/v1/ask', json({ question: '  ' }), 400, 'api-invalid'],
      ['/v1/ask', json({ question: 3 }), 400, 'api-invalid'],
      ['/v1/ask', json({ question: 'a', admin: true }), 400, 'api-invalid'],
      ['/v1/ask', json(null), 400, 'api-invalid'],
      ['/v1/ask', { ...json(''), body: '{"question":' }, 400, 'api-not-json'],
      ['/v1/ask', { method: 'POST', body: 'question=a' }, 415, 'api-json-type'],
      [
        '/v1/documents',
        { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/form-data' } },
        400,
        'api-bad-form',
      ],
    ];
    for (const [path, init, status, reason] of cases) {
      const response = await house.call(key, path, init);
      const { error } = (await response.json()) as { error: { reason: string; message: string; reference: string } };
      expect([path, response.status, error.reason]).toEqual([path, status, reason]);
      expect(error.message.length).toBeGreaterThan(10);
      expect(response.headers.get('x-request-id')).toBe(error.reference);
    }
    expect((await house.call(key, '/v1/documents', { method: 'PUT' })).headers.get('allow')).toBe('POST, GET');
  });

  it('says what was expected in the language that is asked for, else in that of the person', async () => {
    const { headers: isJson, ...post } = json({});
    const cases: [string, RequestInit, string, string][] = [
      [
        ...(['/v1/ask', { ...post, headers: isJson }] as const),
        '“question” in the JSON is missing. Expected: a text of 1 to 4,000 characters. /v1/docs tells more.',
        '„question“ im JSON fehlt. Erwartet: ein Text von 1 bis 4.000 Zeichen. /v1/docs sagt mehr.',
      ],
      [
        ...(['/v1/ask', json({ question: ' ' })] as const),
        '“question” in the JSON is empty. Expected: a text of 1 to 4,000 characters. /v1/docs tells more.',
        '„question“ im JSON ist leer. Erwartet: ein Text von 1 bis 4.000 Zeichen. /v1/docs sagt mehr.',
      ],
      [
        ...(['/v1/ask', json({ question: 'a', admin: true })] as const),
        'Nothing called “admin” is known in the JSON. There are: question and conversation. /v1/docs tells more.',
        '„admin“ ist im JSON nicht bekannt. Es gibt: question und conversation. /v1/docs sagt mehr.',
      ],
      [
        ...(['/v1/ask', json([])] as const),
        'The body has to be a JSON object. There are: question and conversation. /v1/docs tells more.',
        'Der Inhalt muss ein JSON-Objekt sein. Es gibt: question und conversation. /v1/docs sagt mehr.',
      ],
      [
        ...(['/v1/export', {}] as const),
        '“Export-Password” among the headers is missing. Expected: a text of 12 to 200 characters. /v1/docs tells more.',
        '„Export-Password“ unter den Headern fehlt. Erwartet: ein Text von 12 bis 200 Zeichen. /v1/docs sagt mehr.',
      ],
      [
        ...(['/v1/export', { headers: { 'export-password': 'short' } }] as const),
        '“Export-Password” among the headers is too short. Expected: a text of 12 to 200 characters. /v1/docs tells more.',
        '„Export-Password“ unter den Headern ist zu kurz. Erwartet: ein Text von 12 bis 200 Zeichen. /v1/docs sagt mehr.',
      ],
      [
        ...(['/v1/documents?limit=501', {}] as const),
        '“limit” among the parameters is too large. Expected: a whole number from 1 to 500. /v1/docs tells more.',
        '„limit“ unter den Parametern ist zu groß. Erwartet: eine ganze Zahl von 1 bis 500. /v1/docs sagt mehr.',
      ],
      [
        ...(['/v1/documents?limit=1&limit=2', {}] as const),
        '“limit” among the parameters is there more than once. Expected: it once only. /v1/docs tells more.',
        '„limit“ unter den Parametern steht mehr als einmal da. Erwartet: nur einmal. /v1/docs sagt mehr.',
      ],
      [
        ...(['/v1/documents/one', { method: 'DELETE' }] as const),
        '“number” in the address is of another kind. Expected: a whole number from 1 to 999,999,999. /v1/docs tells more.',
        '„number“ in der Adresse ist von anderer Art. Erwartet: eine ganze Zahl von 1 bis 999.999.999. /v1/docs sagt mehr.',
      ],
      [
        ...(['/v1/documents', { method: 'PUT' }] as const),
        'This address does not take PUT, only POST and GET. /v1/docs tells what each is for.',
        'Diese Adresse nimmt PUT nicht, nur POST und GET. /v1/docs sagt, wofür was ist.',
      ],
      [
        ...(['/v1/nothing', {}] as const),
        'There is nothing under this address. /v1/docs tells what there is.',
        'Unter dieser Adresse gibt es nichts. /v1/docs sagt, was es gibt.',
      ],
    ];
    const says = async (key: string, path: string, { headers, ...init }: RequestInit, language: string) => {
      const response = await house.call(key, path, { ...init, headers: { ...headers, 'accept-language': language } });
      return ((await response.json()) as { error: { message: string } }).error.message;
    };
    const [ada, ben] = [house.key(ADA), house.key(BEN)];
    for (const [path, init, english, german] of cases) {
      expect(await says(ada, path, init, 'de-AT, en;q=0.7')).toBe(german);
      expect(await says(ben, path, init, 'fr, en-GB;q=0.9, de;q=0.1')).toBe(english);
    }
    // Of a language that is not spoken here, and of none at all, the person's own counts.
    expect(await says(ben, '/v1/export', {}, 'fr, *;q=0.1')).toBe(cases[4]![3]);
    const narrow = house.key(ADA, ['upload', 'read']);
    expect(await says(narrow, '/v1/ask', cases[0]![1], 'de')).toBe(
      'Dieser Schlüssel darf nur Dokumente schicken und Dokumente auflisten; diese Anfrage braucht einen, der Fragen stellen darf. !apischlüssel neu NAME fragen im Chat mit mir macht einen.',
    );
    expect(await says(narrow, '/v1/ask', cases[0]![1], 'en')).toBe(
      'This key may only send papers and list papers; this request takes one that may ask questions. !apikey new NAME ask in your chat with me makes one.',
    );
  });

  it('what looks like a key is not repeated', async () => {
    const key = house.key(ADA);
    const response = await house.call(key, `/v1/documents?${key}=1`);
    expect(await response.text()).not.toMatch(/kinkeeper_\w/);
  });

  it('the log names no key, no question, no file', async () => {
    const key = house.key(ADA);
    await house.call(key, '/v1/ask', json({ question: 'zqwordofada?' }));
    await house.call(key, '/v1/documents?name=zqnameofada.txt', { method: 'POST', body: 'zqtextofada' });
    await house.call(key, '/v1/documents?zqodd=1');
    expect(house.logged.join('')).not.toMatch(/zq|kinkeeper_/);
  });
});

describe('the server itself', () => {
  it('is healthy while syncs come in, ready while somebody is in, and says so when sealed', async () => {
    const look = async (path: string) => {
      const response = await fetch(house.url + path);
      return [response.status, await response.json()];
    };
    expect([await look('/healthz'), await look('/readyz')]).toEqual([
      [200, { ok: true }],
      [200, { ready: true }],
    ]);
    house.clock.now += 200_000;
    expect([await look('/healthz'), await look('/readyz')]).toEqual([
      [503, { ok: false }],
      [503, { ready: false }],
    ]);
    house.isSealed = true;
    expect([await look('/healthz'), await look('/readyz')]).toEqual([
      [200, { ok: true }],
      [503, { ready: false }],
    ]);
    const response = await fetch(`${house.url}/v1/documents`, { headers: { authorization: 'Bearer x' } });
    expect([response.status, await response.json()]).toMatchObject([503, { error: { reason: 'api-sealed' } }]);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('tells what there is, on a page without scripts, and gives nothing to other sites', async () => {
    for (const path of ['/openapi.json', '/v1/openapi.json']) {
      const description = (await (await fetch(house.url + path)).json()) as { paths: object };
      expect(Object.keys(description.paths)).toEqual([
        ...['/v1/documents', '/v1/uploads/{id}', '/v1/documents/{number}', '/v1/ask', '/v1/export'],
      ]);
      expect(JSON.stringify(description)).not.toContain('$defs');
    }
    const page = await fetch(`${house.url}/docs`);
    const text = await page.text();
    expect(text).toMatch(/<h2><code>POST \/v1\/ask<\/code>/);
    expect(text).toContain('<code>');
    expect(text).not.toMatch(/`|<dd>\w+\. <\/dd>/);
    expect(text).not.toMatch(/<script|https?:\/\/(?!your\.server)/);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('asks no further for whoever has hung up', async () => {
    const key = house.key(ADA);
    let free = () => {};
    house.lanes.questions.add(BEN, 'busy', () => new Promise<void>((resolve) => (free = resolve)));
    const hangUp = new AbortController();
    const asking = house.call(key, '/v1/ask', {
      ...json({ question: 'How much is the rent?' }),
      signal: hangUp.signal,
    });
    await expect.poll(() => house.lanes.questions.lengthOf(ADA)).toBe(1);
    hangUp.abort();
    await expect(asking).rejects.toThrow();
    await expect.poll(() => house.lanes.questions.lengthOf(ADA)).toBe(0);
    free();
  });

  it('ends what is under way for somebody who is frozen', async () => {
    const key = house.key(ADA);
    let free = () => {};
    house.lanes.questions.add(BEN, 'busy', () => new Promise<void>((resolve) => (free = resolve)));
    const asking = house.call(key, '/v1/ask', json({ question: 'How much is the rent?' }));
    await expect.poll(() => house.lanes.questions.lengthOf(ADA)).toBe(1);
    house.desk!.stop(ADA);
    const response = await asking;
    expect([response.status, await response.json()]).toMatchObject([503, { error: { reason: 'api-ended' } }]);
    free();
  });
});
