import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openCorpus } from '../../bench/quality/corpus.ts';
import { runHousehold } from '../../bench/quality/household.ts';
import { reportOf } from '../../bench/quality/report.ts';

const DATA = fileURLToPath(new URL('../../../../shared/data/household-dev/', import.meta.url));

// A little below what `npm run bench:quality` measures, over the questions whose files are read: a loss shows, noise does not.
const FLOORS = { 'recall@1': 0.7, 'recall@5': 0.83, 'page@5': 0.7, 'quote@5': 0.69 } as const;
const FLOOR_ACROSS = 0.55;
const BUILT_IN = 'ours, built-in';

it.skipIf(!existsSync(DATA))(
  'finds with the built-in signals what the bench measured on a household of nine languages',
  async () => {
    const corpus = openCorpus(DATA);
    const { results, unread } = await runHousehold(corpus, { only: BUILT_IN });
    const isRead = ({ files }: { files: readonly string[] }) =>
      files.every((file) => !unread.has(file.normalize('NFC')));
    const questions = corpus.questions.filter(isRead);
    const report = reportOf(questions, results, new Map());
    const figuresOf = (group: string) => [...report].find(([name]) => name.startsWith(`${group} (`))![1].get(BUILT_IN)!;
    const all = figuresOf('all');
    const across = figuresOf('type cross-language');
    console.log(`${questions.length} questions: ${JSON.stringify(all)}, across languages ${JSON.stringify(across)}`);
    for (const [figure, floor] of Object.entries(FLOORS))
      expect(all[figure as keyof typeof FLOORS], figure).toBeGreaterThan(floor);
    expect(across['recall@5']).toBeGreaterThan(FLOOR_ACROSS);
  },
  180_000,
);
