import type { Language } from '../../core/caller.ts';
import { documentText } from '../../core/document-text.ts';
import { escapeXml } from '../../core/escape-xml.ts';
import type { ExportedDocument } from '../../core/export/export-format.ts';
import { PERSON_CLASSES } from '../../core/retention/policy.ts';
import { choicesOf } from '../../core/retention/tenant-retention.ts';
import { FORMATS } from '../../core/wording/format.ts';
import { plainText } from '../../core/wording/markdown.ts';
import { auditLine } from '../audit-words.ts';
import type { PlainKey } from '../wording/say.ts';
import { say } from '../wording/say.ts';
import type { PersonRecords } from './person-records.ts';
import type { RoomPaper } from './room-paper.ts';

/** What one part's page shows; `records` in the first part alone. */
export interface PageContent {
  readonly language: Language;
  readonly person: string;
  readonly madeAt: number;
  readonly part: number;
  readonly parts: number;
  /** The person's own, and those that they gave to family rooms. */
  readonly documents: readonly (ExportedDocument | RoomPaper)[];
  readonly records: PersonRecords | undefined;
}

/** Nothing is ever fetched: no scripts, no links, no pictures. */
const HEAD = `<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1rem;color:#222;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}
details{border-top:1px solid #ccc;padding:.5rem 0}summary{cursor:pointer;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}
small{color:#555}li{margin:.3rem 0;overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){body{color:#eee;background:#111}small{color:#bbb}}
</style>`;

/** `index.html` of a part: everything in it that a person would read, in their language, on one page. */
export function indexPage(page: PageContent): string {
  const { language, person, madeAt, part, parts, documents, records } = page;
  const title = escapeXml(say(language, 'page.title'));
  const head = `${escapeXml(person)} · ${escapeXml(FORMATS[language].moment(madeAt))}${parts > 1 ? ` · ${part}/${parts}` : ''}`;
  return [
    `<!doctype html>\n<html lang="${language}">\n<head>\n${HEAD}\n<title>${title}</title>\n</head>\n<body>`,
    `<h1>${title}</h1>\n<p>${head}</p>\n<p>${escapeXml(say(language, 'page.about'))}</p>`,
    ...(records ? [about(language, records)] : []),
    section(
      language,
      'page.documents',
      entries(
        language,
        documents.filter((one) => !isOfRoom(one)),
      ),
    ),
    ...(documents.some(isOfRoom)
      ? [section(language, 'page.room-papers', entries(language, documents.filter(isOfRoom)))]
      : []),
    ...(records ? beside(language, records) : []),
    '</body>\n</html>\n',
  ].join('\n');
}

function about(language: Language, { person }: PersonRecords): string {
  const items = [
    person.id,
    say(language, person.role === 'admin' ? 'page.admin' : 'page.member'),
    `${say(language, 'page.since')} ${FORMATS[language].day(person.addedAt)}`,
  ];
  return section(language, 'page.you', list(items.map(escapeXml)));
}

function isOfRoom(document: ExportedDocument | RoomPaper): boolean {
  return 'room' in document;
}

function entries(language: Language, documents: readonly ExportedDocument[]): string {
  return documents.map((document) => documentEntry(language, document)).join('\n');
}

function documentEntry(language: Language, document: ExportedDocument): string {
  const { bytes, moment } = FORMATS[language];
  const { number, name, kind, note, addedAt, replacedBy, piece, pieces } = document;
  const facts = [kind, bytes(document.bytes), moment(addedAt)];
  if (replacedBy !== undefined) facts.push(`${say(language, 'page.replaced-by')} ${replacedBy}`);
  if (pieces > 1) facts.push(`${piece}/${pieces}`);
  const passages = document.passages.map((passage) => ({
    ...passage,
    ...{ id: 0, document: number, documentName: name },
  }));
  const noted = note === '' ? '' : `<p>${escapeXml(note)}</p>`;
  const summary = `<strong>${number}</strong> ${escapeXml(name)} <small>${escapeXml(facts.join(' · '))}</small>`;
  return `<details><summary>${summary}</summary>${noted}<pre>${escapeXml(documentText(passages))}</pre></details>`;
}

function beside(language: Language, records: PersonRecords): string[] {
  const { moment } = FORMATS[language];
  const answers = (all: PersonRecords['memory']) =>
    list(
      all.map(({ at, question, answer }) => {
        const shown = answer === '' ? say(language, 'page.passages-shown') : answer;
        return `<small>${escapeXml(moment(at))}</small><br>${escapeXml(question)}<br>${escapeXml(shown)}`;
      }),
    );
  const rows = list(
    records.audit.map((entry) => {
      const { id: person, tenant } = records.person;
      return escapeXml(plainText(auditLine(entry, { person, tenant, language })).replace(/^- /, ''));
    }),
  );
  return [
    section(language, 'page.memory', answers(records.memory)),
    section(language, 'page.room-questions', answers(records.rooms.flatMap(({ questions }) => questions))),
    section(language, 'page.marked', answers(records.marked)),
    section(language, 'page.settings', list(choices(language, records))),
    section(language, 'page.shares', list(records.shares.map((share) => escapeXml(JSON.stringify(share))))),
    section(language, 'page.audit', rows),
    `<p>${escapeXml(say(language, 'page.files'))}</p>`,
  ];
}

/** What the person chose, in words; counters and the like are in the files for programs. */
function choices(language: Language, { settings }: PersonRecords): string[] {
  const chosen = choicesOf({ setting: (key) => settings.find((one) => one.key === key)?.value });
  return PERSON_CLASSES.flatMap((what) => {
    const age = chosen[what];
    if (age === undefined) return [];
    return [escapeXml(say(language, 'retention.choice', { what, days: age === 'forever' ? 0 : age }))];
  });
}

function section(language: Language, key: PlainKey, content: string): string {
  return `<h2>${escapeXml(say(language, key))}</h2>\n${content === '' ? `<p>${escapeXml(say(language, 'page.none'))}</p>` : content}`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>\n${items.map((item) => `<li>${item}</li>`).join('\n')}\n</ul>`;
}
