import { describe, expect, test } from 'vitest';
import { EVIDENCE_SHAPES, type EvidenceKey } from '../../../core/wording/checklist/evidence/facts.ts';
import { sayEvidence } from '../../../core/wording/checklist/evidence/say-evidence.ts';

const KEYS = Object.keys(EVIDENCE_SHAPES) as EvidenceKey[];

/** What is the same in both languages: words of programs alone. */
const SAME: readonly EvidenceKey[] = ['as-read'];

/** A finding of each kind, each blank filled with something that is found again. */
function sample(says: EvidenceKey) {
  const facts = Object.entries(EVIDENCE_SHAPES[says]).map(([name, kind], index) => [
    name,
    kind === 'number' ? 41 + index : `/${name}-${index}`,
  ]);
  return { says, facts: Object.fromEntries(facts) as Record<string, string | number> };
}

describe.each(KEYS)('%s', (says) => {
  const finding = sample(says);
  const [english, german] = [sayEvidence('en', [finding]), sayEvidence('de', [finding])];

  test('loses nothing that was read, in either language', () => {
    for (const text of [english, german])
      for (const value of Object.values(finding.facts)) expect(text).toContain(String(value));
  });

  test('is one line of its own in each language, without a dot or a mark at its end', () => {
    if (!SAME.includes(says)) expect(german).not.toBe(english);
    for (const text of [english, german]) expect(text).toMatch(/^[^\n`]*[^\n`.;,: ]$/);
  });
});

/** What is said in other words, beside the sample and one of each: nothing, never, not known, and how a job ended. */
const ODD: readonly (readonly [EvidenceKey, Record<string, string | number>])[] = [
  ['firewall.lets-in', { rule: '' }],
  ['vpn.peers', { count: 2, minutes: -1 }],
  ['vpn.peers', { count: 2, minutes: 0 }],
  ['container.mounts', { path: 'PATH', real: '' }],
  ['container.mounts-socket', { path: 'PATH', real: '' }],
  ['backups.proven', { name: 'NAME', hours: 0, places: 'local, nas' }],
  ['trail.unlooked', { newer: 0 }],
  ['trail.well', { checked: 40, newer: 0, hours: 0 }],
  ['trail.broken', { row: -1 }],
  ['trail.broken', { row: 0 }],
  ...['running', 'ok', 'nothing', 'failed', 'cancelled', 'lost'].map(
    (outcome) => ['trail.check-ended', { outcome }] as const,
  ),
  ['http.answers', { url: 'URL', status: 200, location: '' }],
];

/** Facts that say what they are, so that a reader of the golden record sees at once when one stands in the place of another. */
function telling(says: EvidenceKey, numberAt: (index: number) => number) {
  const facts = Object.entries(EVIDENCE_SHAPES[says]).map(([name, kind], index) => [
    name,
    kind === 'number' ? numberAt(index) : name.toUpperCase(),
  ]);
  return [says, Object.fromEntries(facts) as Record<string, string | number>] as const;
}

test('each sentence says what it said when somebody last read it, with each fact in its place', async () => {
  const rows = KEYS.flatMap((says) => [
    telling(says, (index) => 40 - index),
    ...(Object.values(EVIDENCE_SHAPES[says]).includes('number' as never) ? [telling(says, () => 1)] : []),
    ...ODD.filter(([key]) => key === says),
  ]);
  const sentences = rows.map(([says, facts]) => {
    const given = Object.entries(facts).map(([name, value]) => ` ${name}=${value}`);
    const [english, german] = (['en', 'de'] as const).map((language) => sayEvidence(language, [{ says, facts }]));
    return `${says}${given.join('')}\n  ${english}\n  ${german}\n`;
  });
  await expect(sentences.join('')).toMatchFileSnapshot('golden/evidence.txt');
});

test('several are parted, and each says of what it is', () => {
  const evidence = [
    { says: 'container.privileged', facts: {}, of: 'k-bad' },
    { says: 'more', facts: { count: 3 } },
  ];
  expect(sayEvidence('en', evidence)).toBe('k-bad: privileged; and 3 more');
  expect(sayEvidence('de', evidence)).toBe('k-bad: privilegiert; und 3 weitere');
  expect(sayEvidence('de', [])).toBe('');
});

test('one and none are counted as the language does', () => {
  const said = (language: 'en' | 'de', count: number) =>
    sayEvidence(language, [{ says: 'backups.unproven', facts: { count } }]);
  expect([0, 1, 1200].map((count) => said('de', count).split(',')[0])).toEqual([
    '0 Sicherungen',
    '1 Sicherung',
    '1.200 Sicherungen',
  ]);
  expect(said('en', 1)).toBe('1 backup, none proven by restoring it');
});

test('what this version does not know is shown as it is', () => {
  expect(sayEvidence('de', [{ says: 'moon.full', facts: { at: '23:00', count: 2 } }])).toBe('moon.full 23:00 2');
  expect(sayEvidence('de', [{ says: 'more', facts: {} }])).toBe('more');
});
