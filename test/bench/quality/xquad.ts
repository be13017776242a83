import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gramsOf } from '../../../core/ask/grams.ts';
import type { NewPassage } from '../../../core/document.ts';
import { baselineOf } from './baseline.ts';
import type { CorpusQuestion } from './corpus.ts';
import { type Finder, findersOf } from './finders.ts';
import { openHome } from './home.ts';
import type { Models } from './household.ts';
import { type Figures, figuresOf, meanFigures } from './score.ts';

/** Pairs of the question's language and the paragraphs' language. */
const PAIRS = [
  ['en', 'en'],
  ['de', 'de'],
  ['es', 'es'],
  ['de', 'en'],
  ['en', 'de'],
  ['en', 'es'],
  ['es', 'de'],
] as const;

interface Paragraph {
  readonly context: string;
  readonly qas: readonly { readonly question: string; readonly answers: readonly { readonly text: string }[] }[];
}

/** Figures by pair of languages ("de -> en"), then by system; and for all paragraphs of all languages in one pool. */
export type XquadRun = ReadonlyMap<string, ReadonlyMap<string, Figures>>;

/**
 * Passage = paragraph, one document each, without a telling name. `every` takes every n-th question; undefined when the
 * folder has no XQuAD.
 */
export async function runXquad(folder: string, models: Models, every: number): Promise<XquadRun | undefined> {
  if (!existsSync(join(folder, 'xquad.en.json'))) return undefined;
  const rows = new Map<string, Map<string, Figures>>();
  for (const language of new Set(PAIRS.map(([, written]) => written))) {
    using home = await openHome();
    // In one transaction: on a busy disk 240 of them take minutes.
    home.state.vault.write(home.caller, (writer) => {
      for (const [i, { context }] of paragraphsOf(folder, language).entries()) {
        const [document, passage] = asDocument(`${i}`, context, home.vectors.pieces(context));
        writer.addDocument(document, [passage]);
      }
    });
    if (models.embedder) await home.embed(models.embedder);
    const finders = findersOf(home, models.embedder);
    if (models.baseline) {
      const passages = home.state.vault.read(home.caller, (reader) => reader.passagesToEmbed('none', 100_000));
      finders.set('baseline', await baselineOf(passages, models.baseline));
    }
    for (const [asked] of PAIRS.filter(([, written]) => written === language)) {
      const questions = questionsOf(paragraphsOf(folder, asked), asked, every);
      rows.set(`${asked} -> ${language}`, await scoreAll(finders, questions));
    }
  }
  return rows;
}

async function scoreAll(finders: ReadonlyMap<string, Finder>, questions: readonly CorpusQuestion[]) {
  const figures = new Map<string, Figures>();
  for (const [system, find] of finders) {
    const own: Figures[] = [];
    for (const question of questions) {
      const passages = (await find(question.question)).map(({ documentName: file, page, text }) => ({
        file,
        page,
        text,
      }));
      const { 'quote@5': _, ...rest } = figuresOf(question, { passages });
      own.push(rest);
    }
    figures.set(system, meanFigures(own));
  }
  return figures;
}

function paragraphsOf(folder: string, language: string): Paragraph[] {
  const { data } = JSON.parse(readFileSync(join(folder, `xquad.${language}.json`), 'utf8')) as {
    data: { paragraphs: Paragraph[] }[];
  };
  return data.flatMap(({ paragraphs }) => paragraphs);
}

function questionsOf(paragraphs: readonly Paragraph[], lang: string, every: number): CorpusQuestion[] {
  return paragraphs
    .flatMap(({ qas }, i) => qas.map(({ question }) => ({ question, file: `${i}` })))
    .filter((_, i) => i % every === 0)
    .map(({ question, file }, i) => ({
      id: `${i}`,
      question,
      lang,
      type: 'xquad',
      files: [file],
      page: null,
      quote: '',
      answers: [],
    }));
}

function asDocument(name: string, text: string, pieces: Uint32Array) {
  const document = { source: `$${name}`, name, kind: 'txt' as const, bytes: text.length, pages: 1, addedAt: 1 };
  const grams = gramsOf(text).join(' ');
  const passage: NewPassage = { position: 0, page: null, heading: '', start: 0, end: text.length, text, grams, pieces };
  return [document, passage] as const;
}
