import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiKeyTerms } from '../../../bot/commands/api-key-terms.ts';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { API_SCOPES, type OpenedKey } from '../../../core/api-key.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { ADA, BEN, type Household, openHousehold } from './household.ts';

const DAY = 86_400_000;

let house: Household;
beforeEach(async () => {
  house = await openHousehold();
});
afterEach(() => house[Symbol.asyncDispose]());

async function run(person: string, line: string, place: 'direct' | 'family' | 'ops' = 'direct'): Promise<string> {
  const [name = '', ...rest] = line.split(' ');
  const call = { name, args: rest.join(' '), place, caller: house.callerOf(person) } as const;
  const { text } = await runCommand(call, house.services);
  return text.replace(/[\\`]|\*\*/g, '');
}

const failing = (person: string, line: string) =>
  run(person, line).then(
    (text) => text,
    (thrown: { reason?: string }) => thrown.reason,
  );

describe('what is typed of a key', () => {
  it.each([
    [undefined, ['upload', 'read', 'ask'], 365],
    ['--upload-only', ['upload'], 365],
    ['—upload-only', ['upload'], 365],
    ['upload only', ['upload'], 365],
    ['nur hochladen', ['upload'], 365],
    ['nur-hochladen für 30 Tage', ['upload'], 30],
    ['ask, upload for 90 days', ['upload', 'ask'], 90],
    ['fragen und lesen 2 Wochen', ['read', 'ask'], 14],
    ['for 2 years', ['upload', 'read', 'ask'], 730],
    ['EXPORT löschen', ['export', 'delete'], 365],
    ['alles', ['upload', 'read', 'ask', 'export', 'delete'], 365],
  ])('%s', (text, scopes, days) => {
    expect(apiKeyTerms(text)).toEqual({ scopes, lastsMs: days * DAY });
  });

  it.each(['admin', 'upload everyhing', 'root for 9 years', 'ask forever', '*'])('%s is refused', (text) => {
    expect(() => apiKeyTerms(text)).toThrow(expect.objectContaining({ reason: 'api-key-terms' }));
  });

  it.each([
    'for 0 days',
    'for 6 years',
    'ask for 99999 days',
    'fragen für 9 Jahre',
  ])('%s names the longest time there is, which is taken', (text) => {
    expect(() => apiKeyTerms(text)).toThrow(
      expect.objectContaining({ reason: 'api-key-lasting', facts: { years: 5 } }),
    );
    expect(apiKeyTerms('for 5 years').lastsMs).toBe(5 * 365 * DAY);
  });
});

describe('help on a key', () => {
  it.each([
    { line: 'help apikey', language: 'en' },
    { line: 'help apikey new', language: 'en' },
    { line: 'hilfe apischlüssel', language: 'de' },
  ] as const)('$line names all that can be asked for, and each is taken as it stands', async ({ line, language }) => {
    const [name = '', ...rest] = line.split(' ');
    const caller = { ...house.callerOf(ADA), language };
    const { text } = await runCommand({ name, args: rest.join(' '), place: 'direct', caller }, house.services);
    const told = text.split('\n').filter((one) => /^(What a key|For how|Was ein|Wie lange)/.test(one));
    const words = [...told.join('\n').matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
    expect(words).toContain('--upload-only');
    const taken = words.map(apiKeyTerms);
    expect(new Set(taken.filter(({ scopes }) => scopes.length === 1).flatMap(({ scopes }) => scopes))).toEqual(
      new Set(API_SCOPES),
    );
    expect(taken.some(({ scopes }) => scopes.length === API_SCOPES.length)).toBe(true);
    expect(new Set(taken.map(({ lastsMs }) => lastsMs / DAY))).toEqual(new Set([365, 90, 56, 180, 5 * 365]));
  });
});

describe('!apikey', () => {
  it('makes a key, shows it once, lists it without it, and ends it', async () => {
    expect(await run(ADA, 'apikey')).toMatch(/^You have no API keys\. .*!apikey new scanner/);
    expect(await run(ADA, 'apikey list')).toMatch(/^You have no API keys/);
    const made = await run(ADA, 'apikey new scanner --upload-only');
    const [text] = /kinkeeper_[0-9a-z]{40}/.exec(made) ?? [];
    expect(made).toMatch(
      /It may send papers, in your name.*Authorization: Bearer.*delete this message.*!apikey revoke 1/s,
    );
    const keys = house.state.control.apiKeys;
    const opened = keys.open(text!) as OpenedKey;
    expect(opened).toMatchObject({ caller: { person: ADA }, key: { endsAt: NOW + 365 * DAY } });
    keys.noteUse(opened.id, 'upload', 'done');
    const listed = await run(ADA, 'apikey');
    expect(listed).toMatch(
      /You have 1 API key:\n\n- 1 scanner: may send papers; made .*; last used .* \(1 time in all\); ends/,
    );
    expect(listed).not.toContain('kinkeeper_');
    // Others neither see nor end it.
    expect(await run(BEN, 'apischlüssel')).toMatch(/^Du hast keine API-Schlüssel/);
    expect(await failing(BEN, 'apischlüssel sperren 1')).toBe('no-such-api-key');
    expect(await run(ADA, 'apikey revoke 1')).toMatch(/^The key “scanner” is ended/);
    expect(keys.open(text!)).toBe('unknown');
    expect(await failing(ADA, 'apikey revoke 1')).toBe('no-such-api-key');
  });

  it('stands in the trail without its name, and says there what it was used for', async () => {
    const made = await run(BEN, 'apischlüssel neu handy hochladen fragen');
    const keys = house.state.control.apiKeys;
    const { id } = keys.open(/kinkeeper_\w+/.exec(made)![0]) as OpenedKey;
    for (let i = 0; i < 12; i += 1) keys.noteUse(id, 'upload', 'done');
    keys.noteUse(id, 'ask', 'done');
    keys.noteUse(id, 'delete', 'refused');
    await run(BEN, 'apischlüssel sperren 1');
    const told = await run(BEN, 'protokoll');
    expect(told).toMatch(/du – einen API-Schlüssel gemacht/);
    expect(told).toMatch(/du – API-Schlüssel 1 benutzt: 1 Dokument geschickt\n/);
    expect(told).toMatch(/du – API-Schlüssel 1 benutzt: 1 Frage\n/);
    expect(told).toMatch(/du – API-Schlüssel 1 benutzt: 11 Dokumente geschickt\n/);
    expect(told).toMatch(/du – API-Schlüssel 1 benutzt: 1 Dokument zu vergessen – abgelehnt/);
    expect(told).toMatch(/du – API-Schlüssel 1 gesperrt/);
    expect(JSON.stringify(house.state.control.audit.recent(99))).not.toContain('handy');
  });

  it('says what is wrong, and then there is no key', async () => {
    await run(ADA, 'apikey new phone');
    expect(await failing(ADA, 'apikey new phone')).toBe('api-key-name');
    expect(await failing(ADA, 'apikey new --upload-only')).toBe('api-key-bad-name');
    expect(await failing(ADA, 'apikey new scanner root')).toBe('api-key-terms');
    expect(await failing(ADA, 'apikey new x for 9 years')).toBe('api-key-lasting');
    expect(await run(ADA, 'apikey new')).toMatch(/^Something is missing/);
    expect(house.state.control.apiKeys.of(house.callerOf(ADA))).toHaveLength(1);
  });

  it('stands in !privacy with how it was used', async () => {
    expect(await run(ADA, 'privacy')).toContain('no API key opens any of it to a program\n');
    const made = await run(ADA, 'apikey new scanner --upload-only');
    expect(await run(ADA, 'privacy')).toMatch(
      /1 API key opens some of it .* nothing was done with them so far; !apikey lists/,
    );
    const keys = house.state.control.apiKeys;
    const { id } = keys.open(/kinkeeper_\w+/.exec(made)![0]) as OpenedKey;
    for (let i = 0; i < 3; i += 1) keys.noteUse(id, 'upload', 'done');
    expect(await run(ADA, 'privacy')).toMatch(/used 3 times in all, the last time on 15 Jan 2027/);
    expect(await run(BEN, 'datenschutz')).toContain('kein API-Schlüssel öffnet einem Programm etwas davon\n');
    keys.endAll();
    expect(await run(ADA, 'privacy')).toMatch(
      /no API key opens any of it to a program; those that have ended were used 3 times/,
    );
  });

  it('is for one’s own chat alone', async () => {
    for (const place of ['family', 'ops'] as const) {
      expect(await run(ADA, 'apikey new scanner', place)).toMatch(/direct chat/);
    }
    expect(house.state.control.apiKeys.of(house.callerOf(ADA))).toEqual([]);
  });
});
