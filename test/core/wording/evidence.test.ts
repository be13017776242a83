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
