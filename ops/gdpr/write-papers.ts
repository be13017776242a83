import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import { GERMAN } from './de.ts';
import { ENGLISH } from './en.ts';
import type { GdprFacts } from './facts.ts';
import { PAPERS, type Papers } from './paper.ts';

const LANGUAGE_PAPERS: Readonly<Record<Language, Papers>> = { en: ENGLISH, de: GERMAN };

/**
 * Writes the papers of these languages into a folder, which is made where it is missing. Returns their paths. Throws
 * AppError `conflict` when one is there already (somebody may have filled it in), `unavailable` when the folder cannot be
 * written to.
 */
export function writePapers(facts: GdprFacts, folder: string, languages: readonly Language[]): string[] {
  const papers = languages.flatMap((language) => PAPERS.map((name) => LANGUAGE_PAPERS[language][name]));
  try {
    mkdirSync(folder, { recursive: true });
    return papers.map(({ file, text }) => {
      const path = join(folder, file);
      writeFileSync(path, text(facts), { flag: 'wx' });
      return path;
    });
  } catch (thrown) {
    throw told(thrown, folder);
  }
}

function told(thrown: unknown, folder: string): unknown {
  const { code, path = folder } = (thrown ?? {}) as NodeJS.ErrnoException;
  if (code === undefined) return thrown;
  if (code === 'EEXIST') {
    const hint = 'It may hold what you filled in, so it stays as it is. Name another folder: --out <folder>';
    return new AppError('conflict', `${path} is there already`, { hint, cause: thrown });
  }
  const hint = 'Name a folder that you may write to: --out <folder>';
  return new AppError('unavailable', `${path} cannot be written (${code})`, { hint, cause: thrown });
}
