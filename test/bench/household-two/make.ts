import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flatOffice } from './flat-office.ts';
import { type PaperSource, papersIn } from './paper-source.ts';
import { plainFile } from './plain-files.ts';
import { questionsOf } from './questions.ts';

// Makes the second household corpus: files/ and questions.jsonl, in the form that `npm run bench:quality -- --data` takes.
// Needs LibreOffice (soffice) for office files and PDF, and the laboratory's Python with Pillow for the scans.
// Usage: node test/bench/household-two/make.ts [folder]   (default: .lab/household-two)

const HERE = fileURLToPath(new URL('.', import.meta.url));
const LAB = process.env.KINKEEPER_LAB ?? join(HERE, '../../../.lab');
const PYTHON = join(LAB, 'python/bin/python');
const OFFICE = new Set(['pdf', 'docx', 'odt', 'xlsx', 'ods', 'pptx']);

requireProgram('soffice', 'LibreOffice makes the office files and PDFs: install it, with `soffice` in the PATH.');
requireProgram(PYTHON, "The laboratory's Python draws the scans: node test/lab/install.mjs python");
makeCorpus(process.argv[2] ?? join(LAB, 'household-two'));

/** Ends with a message before anything is removed or made when a program is not there. */
function requireProgram(program: string, hint: string): void {
  if (!spawnSync(program, ['--version'], { stdio: 'ignore' }).error) return;
  console.error(`${program} cannot be started. ${hint}`);
  process.exit(1);
}

function makeCorpus(folder: string): void {
  const files = join(folder, 'files');
  const work = join(folder, 'work');
  for (const part of [files, work]) {
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
  }
  const papers = readdirSync(join(HERE, 'documents'))
    .sort()
    .flatMap((name) => papersIn(readFileSync(join(HERE, 'documents', name), 'utf8')));
  const office = papers.filter((paper) => OFFICE.has(paper.format) && !paper.isScan);
  const made = makeOffice(office, work);
  for (const paper of papers) {
    const bytes = paper.isScan ? makeScan(paper, work) : (made.get(paper.file) ?? plainFile(paper, made));
    if (!paper.isPart) writeFileSync(join(files, paper.file), bytes);
  }
  const questions = questionsOf(papers);
  writeFileSync(join(folder, 'questions.jsonl'), questions.map((one) => `${JSON.stringify(one)}\n`).join(''));
  rmSync(work, { recursive: true });
  console.log(`${papers.filter(({ isPart }) => !isPart).length} files and ${questions.length} questions in ${folder}`);
}

/** One run of LibreOffice for each kind of file: its start takes longer than a document. */
function makeOffice(papers: readonly PaperSource[], work: string): Map<string, Buffer> {
  const made = new Map<string, Buffer>();
  const kinds = Map.groupBy(papers, ({ format }) => format);
  for (const [format, own] of kinds) {
    const sources = own.map((paper, i) => {
      const { xml, ending } = flatOffice(paper);
      const name = `${format}-${i}`;
      writeFileSync(join(work, `${name}.${ending}`), xml);
      return { paper, name, ending };
    });
    const profile = `-env:UserInstallation=file://${join(work, 'profile')}`;
    const inputs = sources.map(({ name, ending }) => join(work, `${name}.${ending}`));
    execFileSync('soffice', [profile, '--headless', '--convert-to', format, '--outdir', work, ...inputs], {
      stdio: 'ignore',
    });
    for (const { paper, name } of sources) made.set(paper.file, readFileSync(join(work, `${name}.${format}`)));
  }
  return made;
}

/** A picture of the text, a little turned and grainy, as a phone or a flat-bed scanner makes it. */
function makeScan(paper: PaperSource, work: string): Buffer {
  const out = join(work, `scan.${paper.format}`);
  const input = JSON.stringify({ out, pages: paper.pages.map(({ text }) => text) });
  execFileSync(PYTHON, [join(HERE, 'scan.py')], { input });
  return readFileSync(out);
}
