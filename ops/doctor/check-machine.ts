import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddingSettings } from '../../config/config.ts';
import { turnCoreDumpsOff } from '../../core/core-dumps.ts';
import { AppError } from '../../core/errors.ts';
import { readFile } from '../../core/ingest/read-file.ts';
import { namespaceWorks } from '../../core/ingest/sandbox.ts';
import { DEFAULT_MODEL } from '../../core/models/choose.ts';
import { verifyModel } from '../../core/transformers/model-manifest.ts';
import { readMemory } from '../health/health-readings.ts';
import { shortPath } from './check-settings.ts';
import { memoryLimit } from './container.ts';
import { type Finding, fail, ok, sizeText, warn } from './finding.ts';

const MIB = 1024 ** 2;
const NODE_MAJOR = 24;

/** Bot, ops, and one file being read (512 MiB at most). */
const NEEDED_BYTES = 900 * MIB;
/** What a small multilingual embedding model takes on top. */
const EMBEDDER_BYTES = 700 * MIB;

const SAMPLE = 'The doctor reads this line to see whether files can be read.';

/** Node, as the one that runs this. */
export function checkNode(version = process.versions.node): Finding {
  return Number(version.split('.')[0]) >= NODE_MAJOR
    ? ok('node', `Node.js ${version}`)
    : fail('node', `Node.js ${version} is too old`, `Install Node.js ${NODE_MAJOR} or newer, or start with npm run.`);
}

/** Reads a line of text through the same sandbox that takes strangers' files apart. */
export async function checkSandbox(): Promise<Finding[]> {
  const bytes = new TextEncoder().encode(SAMPLE);
  const limits = { fileBytes: bytes.length, pagesPerFile: 1, extractSeconds: 30 };
  try {
    const { pages } = await readFile({ bytes, name: 'sample.txt', limits });
    if (pages[0]?.text.trim() !== SAMPLE)
      return [fail('reading files', 'a sample came back changed', 'Reinstall: npm ci.')];
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return [
      fail('reading files', thrown.message, thrown.hint ?? 'Look whether prlimit (util-linux) and /proc are there.'),
    ];
  }
  const works = ok('reading files', 'a sample was read in the sandbox (prlimit, no rights, limited memory)');
  if (await namespaceWorks())
    return [works, ok('sandbox network', 'a reading process gets no network at all (unshare)')];
  const says = 'unshare is forbidden here: a reading process cannot open sockets, but shares the network namespace';
  return [
    works,
    warn(
      'sandbox network',
      says,
      'Allow unprivileged user namespaces if this machine can (sysctl user.max_user_namespaces).',
    ),
  ];
}

/** Whether a crash of bot or ops can write what is in memory to the disk. */
export function checkCoreDumps(areOff = turnCoreDumpsOff()): Finding {
  return areOff
    ? ok('core dumps', 'bot and ops turn their core dumps off')
    : warn(
        'core dumps',
        'core dumps cannot be turned off here: a crash may write keys to the disk',
        'Install util-linux (prlimit), or start the services with LimitCORE=1.',
      );
}

/** Free memory for what the settings ask for. */
export async function checkMemory(embedding: EmbeddingSettings): Promise<Finding> {
  const { memoryFreeBytes } = await readMemory();
  if (memoryFreeBytes === null) return ok('memory', 'this machine does not tell how much is free');
  const local =
    embedding.kind === 'transformers' ||
    (embedding.kind === 'auto' && (embedding.downloadUrl !== undefined || localModels(embedding.modelsDir).length > 0));
  const needed = NEEDED_BYTES + (local ? EMBEDDER_BYTES : 0);
  const says = `${sizeText(memoryFreeBytes)} are free, about ${sizeText(needed)} are needed${local ? ' with the local embedding model' : ''}`;
  const limit = await memoryLimit();
  const more = limit === null ? '' : `; this container may take ${sizeText(limit)} of them`;
  return memoryFreeBytes >= needed
    ? ok('memory', says + more)
    : warn('memory', says + more, 'Add memory or swap, or set embedding.kind to none.');
}

/** Whether the folder of local models holds what the settings name, as it was downloaded, or will get it. */
export async function checkModelsFolder(embedding: EmbeddingSettings): Promise<Finding[]> {
  if (embedding.kind !== 'transformers' && embedding.kind !== 'auto') return [];
  const folder = shortPath(embedding.modelsDir);
  const found = localModels(embedding.modelsDir);
  const wanted = embedding.kind === 'transformers' ? embedding.model : DEFAULT_MODEL;
  if (found.includes(wanted)) {
    const changed = await verifyModel(join(embedding.modelsDir, wanted)).then(() => undefined, asAppError);
    if (changed) return [fail('models', `${changed.message} (${folder}/${wanted})`, changed.hint ?? '')];
  } else if (embedding.downloadUrl !== undefined) {
    const host = new URL(embedding.downloadUrl).host;
    const says = `${folder} lacks ${wanted}: the bot downloads it from ${host} (about 140 MiB) when it starts`;
    return [warn('models', says, `Start the bot and look again, or put the model's folder there yourself.`)];
  }
  if (embedding.kind === 'transformers' && !found.includes(embedding.model)) {
    return [
      fail(
        'models',
        `${folder} holds no model ${embedding.model}`,
        `Put the model's folder (config.json, tokenizer.json, onnx/) there, correct embedding.model, or set embedding.downloadUrl.`,
      ),
    ];
  }
  return [
    ok(
      'models',
      found.length > 0
        ? `${folder} holds ${found.join(', ')}`
        : `no local models in ${folder}: the built-in signals do the finding`,
    ),
  ];
}

function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  throw thrown;
}

/** Folders with a config.json, as `name` or `owner/name`. */
function localModels(folder: string): string[] {
  const children = (path: string) => {
    try {
      return readdirSync(path, { withFileTypes: true })
        .filter((entry) => !entry.isFile())
        .map((entry) => entry.name);
    } catch {
      return [];
    }
  };
  const isModel = (name: string) =>
    statSync(join(folder, name, 'config.json'), { throwIfNoEntry: false })?.isFile() === true;
  const names = children(folder).flatMap((name) => [
    name,
    ...children(join(folder, name)).map((inner) => join(name, inner)),
  ]);
  return names.filter(isModel).sort();
}
