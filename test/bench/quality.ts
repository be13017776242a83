import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CentredEmbedder } from '../../core/embed/centred-embedder.ts';
import { OpenAiLanguageModel } from '../../core/openai/openai-language-model.ts';
import type { LanguageModel } from '../../core/question.ts';
import { isModelThere, TransformersEmbedder } from '../../core/transformers/transformers-embedder.ts';
import { startLlmServer } from '../lab/llm-server.ts';
import { printAnswers } from './quality/answers.ts';
import { type Corpus, openCorpus } from './quality/corpus.ts';
import { followAnswers } from './quality/given-answers.ts';
import { type HouseholdRun, type Models, runHousehold } from './quality/household.ts';
import { RememberingEmbedder } from './quality/remembering-embedder.ts';
import { behind, printReport, type Report, reportOf } from './quality/report.ts';
import { typedAs } from './quality/typed.ts';
import { runXquad } from './quality/xquad.ts';

// How well the product finds: every file of a corpus read into a real encrypted store, every question asked through the
// product's own finding, beside its signals alone and the plain baseline of other tools. Usage:
//   node test/bench/quality.ts [--data <folder with files/ or files.tar, and questions.jsonl>] [--models <folder>]
//     [--results <file.jsonl>] [--json] [--no-household] [--no-xquad] [--no-baseline] [--no-dense] [--xquad-every 10]
//     [--typed typo|plain]
//     [--model <url of an OpenAI-compatible server, or "lab"> [--model-name <name>] [--context 8192] [--answers 40] [--resume]]    key in MODEL_API_KEY
// With --typed the household's questions are asked as people type them on phones: "typo" with one slip in the longest word
// (letters changed about, dropped, doubled or the key beside, by turns), "plain" in lower case without accents and marks.
// With --model the answers of that model to --answers of the questions (all: 1000) are measured, and --results holds them.
// A line on stderr tells of each; <results>.answers.jsonl holds them as they come, and --resume asks only what it lacks.
// Ctrl-C ends the asking and prints what was measured so far.
// "lab" is a model of 135 million parameters (node test/lab/install.mjs python llm): it proves the way, not the wisdom.
// Embeddings are kept in .lab/embeddings, so that a second run takes a minute; the first one embeds about 3000 texts.

const SHARED = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const LAB_MODELS = join(process.env.KINKEEPER_LAB ?? fileURLToPath(new URL('../../.lab', import.meta.url)), 'models');
/** One thread on a busy machine reads a long prompt for minutes; a failure would say nothing of the answers. */
const LAB_PATIENCE = { firstTokenMs: 900_000, betweenTokensMs: 120_000 };
const BEST = 'ours, dense too';
const AIMS = [
  ['all', BEST, 'recall@5', 0.9],
  ['type cross-language', BEST, 'recall@5', 0.8],
  ['all', BEST, 'quote@5', 0.75],
  ['all', BEST, 'page@5', 0.9],
  ['all', 'ours, built-in', 'recall@5', 0.8],
  ['type cross-language', 'ours, built-in', 'recall@5', 0.5],
] as const;

const data = option('--data') ?? join(SHARED, 'household-dev');
if (existsSync(join(data, 'questions.jsonl'))) await main();
else console.log(`skipped: no questions.jsonl in ${data}`);

async function main(): Promise<void> {
  const models = chooseModels();
  const server = await startAnswering();
  try {
    const report = flag('--no-household')
      ? undefined
      : await measureHousehold({ ...models, answering: server?.answering });
    const every = Number(option('--xquad-every') ?? 10);
    const xquad = flag('--no-xquad') ? undefined : await runXquad(join(SHARED, 'xquad'), models, every);
    if (xquad) {
      console.log(`\nXQuAD: question -> paragraph, every ${every}th question`);
      printReport(xquad);
    }
    if (flag('--json')) console.log(JSON.stringify({ bench: 'quality', report: plain(report), xquad: plain(xquad) }));
  } finally {
    await server?.stop();
    await models.embedder?.close();
    await models.baseline?.close();
  }
}

async function measureHousehold(models: Models): Promise<Report> {
  const corpus = askedCorpus();
  const run = await runHousehold(corpus, models);
  const report = reportOf(corpus.questions, run.results, run.unread);
  tellCorpus(run, corpus.files.size);
  printReport(report);
  const lines = behind(report, BEST, 'baseline');
  console.log(`\nbehind the baseline: ${lines.length === 0 ? 'nowhere' : lines.join('; ')}`);
  for (const [group, system, column, aim] of AIMS) {
    const systems = [...report].find(([name]) => name.startsWith(`${group} (`))?.[1];
    const figure = systems?.get(system)?.[column];
    if (figure !== undefined) console.log(`aim ${group}, ${system}, ${column} >= ${aim}: ${figure.toFixed(3)}`);
  }
  if (run.trueAnswers) {
    const { asked, refused } = run.trueAnswers;
    console.log(
      `\ntrue answers, said of the passages that prove them: ${refused.length} of ${asked} would not be shown`,
    );
  }
  if (run.swaps) {
    const { clauses, clausesShown, swaps, swapsShown } = run.swaps;
    console.log(`clauses said of their own passage: ${clausesShown} of ${clauses} would be shown`);
    console.log(`the same with values exchanged: ${swapsShown} of ${swaps} would be shown`);
  }
  if (run.answers) printAnswers(run.answers);
  const results = option('--results');
  if (results) writeResults(results, run);
  return report;
}

/** The corpus, its questions typed as `--typed` says. Throws when that is neither "typo" nor "plain". */
function askedCorpus(): Corpus {
  const corpus = openCorpus(data);
  const typing = option('--typed');
  if (!flag('--typed')) return corpus;
  if (typing !== 'typo' && typing !== 'plain') throw new Error('--typed takes "typo" or "plain"');
  return { ...corpus, questions: typedAs(typing, corpus.questions) };
}

/** The model whose answers are measured, and how to stop it where it was started here. */
async function startAnswering(): Promise<{ answering: Models['answering']; stop(): Promise<void> } | undefined> {
  const url = option('--model');
  if (url === undefined) return undefined;
  const results = option('--results');
  const stop = new AbortController();
  process.once('SIGINT', () => {
    console.error('no more is asked; once more ends at once');
    stop.abort();
  });
  const asking = (model: LanguageModel) => ({
    model,
    most: Number(option('--answers') ?? 40),
    signal: stop.signal,
    ...followAnswers(results && `${results}.answers.jsonl`, { model: model.model, resume: flag('--resume') }),
  });
  if (url !== 'lab') {
    const settings = { url, model: option('--model-name') ?? 'default', apiKey: process.env.MODEL_API_KEY };
    const contextTokens = Number(option('--context') ?? 8192);
    return { answering: asking(new OpenAiLanguageModel({ ...settings, contextTokens })), stop: async () => {} };
  }
  const server = await startLlmServer();
  const { baseUrl, model, contextTokens } = server;
  const answering = asking(new OpenAiLanguageModel({ url: baseUrl, model, contextTokens }, LAB_PATIENCE));
  return { answering, stop: () => server.stop() };
}

function chooseModels(): Models {
  const modelsDir = option('--models') ?? join(SHARED, 'models');
  const remembered = (folder: string, model: string) =>
    isModelThere(folder, model)
      ? new RememberingEmbedder(new TransformersEmbedder({ modelsDir: folder, model }), 384)
      : undefined;
  const e5 = flag('--no-dense') ? undefined : remembered(modelsDir, 'multilingual-e5-small');
  const baseline = flag('--no-baseline') ? undefined : remembered(LAB_MODELS, 'all-MiniLM-L6-v2');
  if (!e5) console.log('no multilingual-e5-small: dense vectors are not measured');
  if (!baseline) console.log('no all-MiniLM-L6-v2: the baseline is not measured');
  return { embedder: e5 && new CentredEmbedder(e5), baseline };
}

function tellCorpus({ unread, passages, quotes }: HouseholdRun, files: number): void {
  console.log(`${files - unread.size} of ${files} files read, ${passages} passages`);
  for (const [name, reason] of unread) console.log(`  not read: ${name} (${reason})`);
  console.log(`${quotes.whole} of ${quotes.all} quotes of the files that were read stand whole in one passage`);
}

/** In the form that the corpus's own scorer takes: the product with all it has, a model's answers where one was asked. */
function writeResults(file: string, { results, answers }: HouseholdRun): void {
  const own = results.get(BEST) ?? results.get('ours, built-in')!;
  const lines = [...own].map(([id, result]) => {
    const answer = answers?.answers.has(id) ? answers.answers.get(id) : result.answer;
    return `${JSON.stringify({ id, ...result, answer })}\n`;
  });
  writeFileSync(file, lines.join(''));
}

function plain(report: ReadonlyMap<string, ReadonlyMap<string, unknown>> | undefined): unknown {
  return report && Object.fromEntries([...report].map(([group, systems]) => [group, Object.fromEntries(systems)]));
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

function flag(name: string): boolean {
  return process.argv.includes(name);
}
