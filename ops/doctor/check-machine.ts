import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddingSettings } from '../../config/config.ts';
import { turnCoreDumpsOff } from '../../core/core-dumps.ts';
import { AppError } from '../../core/errors.ts';
import { readFile } from '../../core/ingest/read-file.ts';
import { namespaceWorks } from '../../core/ingest/sandbox.ts';
import { DEFAULT_MODEL } from '../../core/models/choose.ts';
import { verifyModel } from '../../core/transformers/model-manifest.ts';
import { word } from '../fixes/commands.ts';
import { readMemory } from '../health/health-readings.ts';
import { shortPath } from './check-settings.ts';
import { memoryLimit } from './container.ts';
import { type Finding, fail, ok, sizeText, warn } from './finding.ts';
import type { Telling } from './telling.ts';

const MIB = 1024 ** 2;
const NODE_MAJOR = 24;

/** Bot, ops, and one file being read (512 MiB at most). */
const NEEDED_BYTES = 900 * MIB;
/** What a small multilingual embedding model takes on top. */
const EMBEDDER_BYTES = 700 * MIB;

const SAMPLE = 'The doctor reads this line to see whether files can be read.';

/** Node, as the one that runs this. */
export function checkNode({ say }: Telling, version = process.versions.node): Finding {
  return Number(version.split('.')[0]) >= NODE_MAJOR
    ? ok('node', say('node.is', { version }))
    : fail('node', say('node.old', { version }), say('node.fix', { least: NODE_MAJOR }));
}

/** Reads a line of text through the same sandbox that takes strangers' files apart. */
export async function checkSandbox({ say, host }: Telling): Promise<Finding[]> {
  const bytes = new TextEncoder().encode(SAMPLE);
  const limits = { fileBytes: bytes.length, pagesPerFile: 1, extractSeconds: 30 };
  try {
    const { pages } = await readFile({ bytes, name: 'sample.txt', limits });
    if (pages[0]?.text.trim() !== SAMPLE)
      return [
        fail(
          'reading files',
          say('reading.changed'),
          host.engine.name === 'none' ? `cd ${word(host.product)} && npm ci` : say('reading.image'),
        ),
      ];
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return [fail('reading files', thrown.message, thrown.hint ?? say('reading.fix'))];
  }
  const works = ok('reading files', say('reading.works'));
  if (await namespaceWorks()) return [works, ok('sandbox network', say('network.none'))];
  return [works, warn('sandbox network', say('network.shared'), say('network.fix'))];
}

/** Whether a crash of bot or ops can write what is in memory to the disk. */
export function checkCoreDumps({ say }: Telling, areOff = turnCoreDumpsOff()): Finding {
  return areOff ? ok('core dumps', say('dumps.off')) : warn('core dumps', say('dumps.on'), say('dumps.fix'));
}

/** Free memory for what the settings ask for. */
export async function checkMemory(embedding: EmbeddingSettings, { say }: Telling): Promise<Finding> {
  const { memoryFreeBytes } = await readMemory();
  if (memoryFreeBytes === null) return ok('memory', say('memory.untold'));
  const local =
    embedding.kind === 'transformers' ||
    (embedding.kind === 'auto' && (embedding.downloadUrl !== undefined || localModels(embedding.modelsDir).length > 0));
  const needed = NEEDED_BYTES + (local ? EMBEDDER_BYTES : 0);
  const limit = await memoryLimit();
  const says = say('memory.is', {
    ...{ free: sizeText(memoryFreeBytes), needed: sizeText(needed), isLocal: local },
    limit: limit === null ? '' : sizeText(limit),
  });
  return memoryFreeBytes >= needed ? ok('memory', says) : warn('memory', says, say('memory.fix'));
}

/** Whether the folder of local models holds what the settings name, as it was downloaded, or will get it. */
export async function checkModelsFolder(embedding: EmbeddingSettings, { say }: Telling): Promise<Finding[]> {
  if (embedding.kind !== 'transformers' && embedding.kind !== 'auto') return [];
  const folder = shortPath(embedding.modelsDir);
  const found = localModels(embedding.modelsDir);
  const wanted = embedding.kind === 'transformers' ? embedding.model : DEFAULT_MODEL;
  if (found.includes(wanted)) {
    const changed = await verifyModel(join(embedding.modelsDir, wanted)).then(() => undefined, asAppError);
    if (changed) return [fail('models', `${changed.message} (${folder}/${wanted})`, changed.hint ?? '')];
  } else if (embedding.downloadUrl !== undefined) {
    const host = new URL(embedding.downloadUrl).host;
    return [warn('models', say('models.coming', { folder, model: wanted, host }), say('models.coming.fix'))];
  }
  if (embedding.kind === 'transformers' && !found.includes(embedding.model)) {
    return [fail('models', say('models.missing', { folder, model: embedding.model }), say('models.missing.fix'))];
  }
  return [
    ok(
      'models',
      found.length > 0 ? say('models.are', { folder, names: found.join(', ') }) : say('models.none', { folder }),
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
