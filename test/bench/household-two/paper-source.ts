/** One page, slide or sheet of a paper. */
export interface PaperPage {
  /** The sheet's name; undefined for other formats. */
  readonly name: string | undefined;
  readonly text: string;
}

/** A paper as it stands in documents/*.md, with its questions still in their short form. */
export interface PaperSource {
  readonly file: string;
  /** Ending of the file's name. */
  readonly format: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly isScan: boolean;
  /** True for a paper that only lies inside of another file. */
  readonly isPart: boolean;
  readonly pages: readonly PaperPage[];
  readonly questions: string;
}

const PAGE = /^===(?: (.*))?$/m;

/**
 * Reads one source: settings (`file: ...`), an empty line, the text, and behind a line `@@@` its questions. `===` begins a
 * page or slide, `=== Name` a sheet. With two names in `file:` (`a.pdf ;; b.pdf`) it is two papers that differ where the text
 * says `{{this||that}}`; questions for the second stand behind a second `@@@`.
 */
export function papersIn(source: string): PaperSource[] {
  const [paper = '', ...questions] = source.replaceAll('\r', '').split(/^@@@\n/m);
  const end = paper.indexOf('\n\n');
  const settings = new Map(
    paper
      .slice(0, end)
      .split('\n')
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const names = settings.get('file')!.split(' ;; ');
  return names.map((file, i) => ({
    file,
    format: file.slice(file.lastIndexOf('.') + 1),
    settings: new Map([...settings].map(([key, value]) => [key, choose(value, i)])),
    isScan: settings.has('scan'),
    isPart: settings.has('part'),
    pages: pagesOf(choose(paper.slice(end + 2).trim(), i)),
    questions: questions[i] ?? '',
  }));
}

function choose(text: string, which: number): string {
  return text.replace(/\{\{(.*?)\|\|(.*?)\}\}/gs, (_, first: string, second: string) => (which === 0 ? first : second));
}

function pagesOf(text: string): PaperPage[] {
  const parts = text.split(PAGE);
  const pages: PaperPage[] = [];
  if (parts[0]!.trim() !== '') pages.push({ name: undefined, text: parts[0]!.trim() });
  for (let i = 1; i < parts.length; i += 2) pages.push({ name: parts[i], text: (parts[i + 1] ?? '').trim() });
  return pages;
}
