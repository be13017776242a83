import { createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../errors.ts';
import { type ModelManifest, sha256Of, writeManifest } from './model-manifest.ts';
import { isModelThere } from './transformers-embedder.ts';

/** `hubUrl` is the address under which a model's files lie as `<repository>/resolve/main/<file>`. */
export interface FetchModel {
  readonly hubUrl: string;
  /** The repository on the hub, `owner/name`. */
  readonly repository: string;
  readonly modelsDir: string;
  /** The model's folder in `modelsDir`. */
  readonly model: string;
  /** SHA-256 by file, for models whose files are known beforehand; a file that differs is thrown away. */
  readonly pins?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Bytes there of the file in hand, and in all when the server tells. */
  readonly onProgress?: (progress: { file: string; done: number; total: number | undefined }) => void;
}

/** What transformers.js needs; the weights last, so that a wrong repository is noticed early. */
const FILES = ['config.json', 'tokenizer_config.json', 'tokenizer.json', 'onnx/model_quantized.onnx'];

/**
 * Downloads a model once. Files arrive in a folder beside, where a later call goes on after a stop or a kill; the folder
 * gets its name when all are whole. Their checksums are written down then and compared at each start (model-manifest.ts).
 * Does nothing when the model is there. Throws AppError `unavailable` (reason `model-download`), `invalid`
 * (`model-pin`) when a file is not the pinned one, and the signal's reason.
 */
export async function fetchModel(wanted: FetchModel): Promise<void> {
  const { modelsDir, model, pins = {} } = wanted;
  if (isModelThere(modelsDir, model)) return;
  const part = join(modelsDir, `.${model.replaceAll('/', '--')}.part`);
  const files: ModelManifest['files'] = {};
  for (const file of FILES) {
    const path = join(part, file);
    mkdirSync(dirname(path), { recursive: true });
    await fetchFile(wanted, file, path);
    const sha256 = await sha256Of(path);
    if (pins[file] !== undefined && pins[file] !== sha256) {
      rmSync(path);
      rmSync(`${path}.tag`);
      throw wrongPin(file);
    }
    files[file] = { bytes: statSync(path).size, sha256 };
  }
  for (const file of FILES) rmSync(join(part, `${file}.tag`), { force: true });
  writeManifest(part, { files });
  const folder = join(modelsDir, model);
  mkdirSync(dirname(folder), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}

/** Fetches one file, from where an earlier try stopped as long as the server still has the same file (its ETag). */
async function fetchFile({ hubUrl, repository, signal, onProgress }: FetchModel, file: string, path: string) {
  const tagPath = `${path}.tag`;
  const tag = await readFile(tagPath, 'utf8').catch(() => '');
  // Written when the file was whole: nothing is left to fetch.
  if (tag === WHOLE) return;
  const have = tag === '' ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  const headers = have > 0 ? { Range: `bytes=${have}-`, 'If-Range': tag } : {};
  try {
    const url = `${hubUrl.replace(/\/+$/, '')}/${repository}/resolve/main/${file}`;
    const response = await fetch(url, { headers, ...(signal && { signal }) });
    // The checksums of the first download rest on the connection alone.
    if (url.startsWith('https:') && !response.url.startsWith('https:')) throw new Error('the hub leads away from TLS');
    const goesOn = response.status === 206;
    if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
    await writeFile(tagPath, response.headers.get('etag') ?? '');
    const length = response.headers.get('content-length');
    let done = goesOn ? have : 0;
    const total = length === null ? undefined : done + Number(length);
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    body.on('data', (chunk: Uint8Array) => {
      done += chunk.length;
      onProgress?.({ file, done, total });
    });
    await pipeline(body, createWriteStream(path, { flags: goesOn ? 'a' : 'w' }), signal ? { signal } : {});
    if (total !== undefined && done !== total) throw new Error(`${done} of ${total} bytes came`);
    await writeFile(tagPath, WHOLE);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AppError('unavailable', `The embedding model could not be downloaded (${file}).`, {
      reason: 'model-download',
      hint: 'It goes on from here at the next try. Or put the model’s folder into embedding.modelsDir yourself.',
      facts: { file },
      cause,
    });
  }
}

/** Marks a file that came to its end; no ETag looks like it. */
const WHOLE = 'whole';

function wrongPin(file: string): AppError {
  return new AppError('invalid', `The hub's ${file} is not the file that this version of Kinkeeper knows.`, {
    reason: 'model-pin',
    hint: 'It was thrown away. Do not use this hub for it; put the model’s folder into embedding.modelsDir yourself.',
    facts: { file },
  });
}
