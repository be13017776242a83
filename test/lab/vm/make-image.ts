import { makeImage, SYSTEMS, type SystemName } from './image.ts';

// `node test/lab/vm/make-image.ts [bookworm|trixie]`: makes the system that `prove:host` starts, in `.lab/vm`.
const asked = process.argv[2] ?? 'bookworm';
if (!(asked in SYSTEMS)) {
  console.error(`usage: node test/lab/vm/make-image.ts ${Object.keys(SYSTEMS).join('|')}`);
  process.exit(2);
}
await makeImage(asked as SystemName);
