import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Ocr, type OcrSettings, Refusal } from '../ingest/extractor.ts';

const require = createRequire(import.meta.url);

/** Languages whose data comes as a package (integer models trained for best results). */
const BUILT_IN: ReadonlySet<string> = new Set(['eng', 'deu']);

/** Tesseract's code for neural recognition only, and for finding blocks of text without telling their script. */
const LSTM_ONLY = 1;
const SINGLE_BLOCK = 6;

/** A page that was understood has a mean confidence of 80 to 95; one that lies on its side or head stays below this. */
const DOUBTFUL = 60;
/** EXIF orientations that turn a page by 180, 90 and 270 degrees. */
const TURNED = [3, 6, 8];

/** The part of Tesseract's interface that is used (tesseract.js-core ships no types). */
interface TesseractApi {
  Init(path: null, languages: string, engine: number): number;
  SetPageSegMode(mode: number): void;
  SetVariable(name: string, value: string): boolean;
  SetImageFile(orientation: number, angle: number): number;
  Recognize(monitor: null): number;
  GetUTF8Text(): string;
  MeanTextConf(): number;
  Clear(): void;
}

interface TesseractModule {
  readonly FS: { writeFile(path: string, bytes: Uint8Array): void; unlink(path: string): void };
  readonly TessBaseAPI: new () => TesseractApi;
}

/**
 * Loads Tesseract and its language data. Called by the reading child before it is locked; everything runs on this thread.
 * Throws when a language's data is missing.
 */
export async function loadOcr({ languages, folder, pages }: OcrSettings): Promise<Ocr> {
  // The build with SIMD: every processor that runs Node 24 on a server has it.
  const core = require('tesseract.js-core/tesseract-core-simd-lstm.js') as (
    options: object,
  ) => Promise<TesseractModule>;
  const tesseract = await core({ print: () => {}, printErr: () => {} });
  for (const language of languages) tesseract.FS.writeFile(`/${language}.traineddata`, languageData(language, folder));
  const api = new tesseract.TessBaseAPI();
  if (api.Init(null, languages.join('+'), LSTM_ONLY) !== 0) throw new Error('the language data cannot be used');
  api.SetPageSegMode(SINGLE_BLOCK);
  let left = pages;
  return {
    read: (picture, orientation = 1) => (left-- > 0 ? readUpright(tesseract, api, { picture, orientation }) : ''),
  };
}

function languageData(language: string, folder: string | undefined): Uint8Array {
  if (folder === undefined || BUILT_IN.has(language)) {
    return gunzipSync(
      readFileSync(require.resolve(`@tesseract.js-data/${language}/4.0.0_best_int/${language}.traineddata.gz`)),
    );
  }
  return readFileSync(join(folder, `${language}.traineddata`));
}

interface Shot {
  readonly picture: Uint8Array;
  readonly orientation: number;
}

interface Reading {
  readonly text: string;
  readonly confidence: number;
}

/** Reads as told, and only where that made little sense turned as well: telling the direction first would cost every page. */
function readUpright(tesseract: TesseractModule, api: TesseractApi, { picture, orientation }: Shot): string {
  tesseract.FS.writeFile('/input', picture);
  try {
    let best = recognise(api, orientation);
    if (best.text === '' || best.confidence >= DOUBTFUL) return best.text;
    for (const turn of TURNED) {
      const turned = recognise(api, turn);
      if (turned.confidence > best.confidence && turned.text !== '') best = turned;
      if (best.confidence >= DOUBTFUL) break;
    }
    return best.text;
  } finally {
    api.Clear();
    tesseract.FS.unlink('/input');
  }
}

function recognise(api: TesseractApi, orientation: number): Reading {
  if (api.SetImageFile(orientation, 0) !== 0) throw new Refusal('file-damaged');
  if (api.Recognize(null) !== 0) return { text: '', confidence: 0 };
  const text = api.GetUTF8Text();
  return { text: /[\p{L}\p{N}]/u.test(text) ? text : '', confidence: api.MeanTextConf() };
}
