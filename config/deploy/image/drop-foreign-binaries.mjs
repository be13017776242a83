/**
 * Removes from node_modules the native libraries of onnxruntime for other systems and processors: npm packs them all together,
 * and they are a quarter of the image. Called by the Dockerfile: node drop-foreign-binaries.mjs node_modules
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const packed = join(process.argv[2], 'onnxruntime-node', 'bin');
let own = 0;
for (const version of readdirSync(packed)) {
  for (const system of readdirSync(join(packed, version))) {
    for (const processor of readdirSync(join(packed, version, system))) {
      const folder = join(packed, version, system, processor);
      if (system === process.platform && processor === process.arch) own += 1;
      else rmSync(folder, { recursive: true });
    }
  }
}
if (own === 0 || !existsSync(packed))
  throw new Error(`${packed} holds no library for ${process.platform} ${process.arch}`);
