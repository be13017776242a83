/**
 * Names that cameras, scanners and programs give by themselves ("scan.pdf", "IMG_0001.jpg", "Dokument 3.pdf"): two files
 * of such a name need not have anything to do with each other.
 */
const DEVICE_NAME =
  /^(?:(?:scan(?:ned)?|img|image|pic(?:ture)?|photo|foto|bild|dsc[fn]?|doc(?:ument)?|dokument|datei|file|attachment|anhang|untitled|unbenannt|screenshot|bildschirmfoto|download|page|seite|new|neu)[\s_.-]*)*[\d\s_.:()-]*$/iu;

/** True when a name says nothing about what the file is. */
export function isDeviceName(name: string): boolean {
  return DEVICE_NAME.test(withoutEnding(name));
}

/** What people and programs put behind a name when they save another copy. Years and dates are not among it: they tell papers apart. */
const COPY_MARK =
  /[\s_.-]*(?:\(\d{1,2}\)|\b(?:v|ver|version|rev)[\s._-]?\d{1,3}(?:\.\d+)?|(?<![a-zäöü])(?:final|endfassung|entwurf|draft|copy|kopie|new|neu|aktuell|corrected|korrigiert|signed|unterschrieben)(?: \d)?)$/iu;

/** A name without its ending and without marks of copies and drafts, in lower case: "Contract_v2 (1).pdf" gives "contract". */
export function nameStem(name: string): string {
  let stem = withoutEnding(name).toLowerCase().replace(/_/g, ' ').trim();
  for (let shorter = stem.replace(COPY_MARK, ''); shorter !== stem && shorter !== ''; ) {
    stem = shorter.trim();
    shorter = stem.replace(COPY_MARK, '');
  }
  return stem;
}

/** Beyond that a text is long enough to be known by its beginning. */
const COMPARED = 200_000;

/** How much of their words two texts share: 0 none, 1 all (Jaccard index over different words and numbers). */
export function sharedWords(one: string, other: string): number {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

function wordsOf(text: string): Set<string> {
  return new Set(
    text
      .slice(0, COMPARED)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [],
  );
}

function withoutEnding(name: string): string {
  return name.replace(/\.[a-z0-9]{1,8}$/i, '');
}
