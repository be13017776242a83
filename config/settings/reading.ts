import type { Setting } from '../setting.ts';
import { count, languages, path } from '../setting-types.ts';

/** How files are read, and how far. */
export const readingSettings = {
  'reading.ocrLanguages': {
    type: languages,
    fallback: 'eng, deu',
    meaning: 'Languages of scans and photos, most likely first; each one more takes time. eng and deu are built in',
  },
  'reading.ocrFolder': {
    type: path,
    example: './tessdata',
    meaning: 'Folder with <language>.traineddata files of Tesseract for other languages',
  },
  'limits.fileBytes': {
    type: count('bytes', 1024, 1_073_741_824),
    fallback: 52_428_800,
    meaning: 'Largest file that is read',
  },
  'limits.pagesPerFile': { type: count('pages', 1, 100_000), fallback: 2000, meaning: 'Most pages of one file' },
  'limits.extractSeconds': { type: count('seconds', 1, 3600), fallback: 60, meaning: 'Longest time to read one file' },
  'limits.ocrPages': {
    type: count('pages', 1, 10_000),
    fallback: 200,
    meaning: 'Most scanned pages of one file that are recognised; each takes seconds',
  },
} as const satisfies Record<string, Setting>;
