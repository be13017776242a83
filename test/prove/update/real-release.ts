import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { createMessage, generateKey, type PrivateKey, sign } from 'openpgp';

/** The product's own tree. */
export const REPO = fileURLToPath(new URL('../../../', import.meta.url));

const PARTS = ['bot', 'core', 'ops', 'config', 'package.json'];

/** Changes one file of a release: what stands there becomes something else. A text that is not there is a fault of the test. */
export interface Patch {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/** A publisher of releases: a key, a signed list and archives, behind a real HTTP server. */
export class ReleaseServer {
  readonly #dir: string;
  readonly #key: PrivateKey;
  readonly #server: Server;
  readonly #lines: string[] = [];

  private constructor(dir: string, key: PrivateKey, server: Server) {
    this.#dir = dir;
    this.#key = key;
    this.#server = server;
  }

  static async start(dir: string): Promise<ReleaseServer> {
    mkdirSync(join(dir, 'feed'), { recursive: true });
    const user = { name: 'Publisher', email: 'releases@home.test' };
    const { privateKey } = await generateKey({ type: 'rsa', rsaBits: 2048, userIDs: [user], format: 'object' });
    writeFileSync(join(dir, 'releases.asc'), privateKey.toPublic().armor());
    // As gpgv wants its keyring: the same key without armour.
    writeFileSync(join(dir, 'releases.gpg'), privateKey.toPublic().write());
    const server = createServer((request, response) => {
      try {
        response.end(readFileSync(join(dir, 'feed', (request.url ?? '').replace(/^\/+/, ''))));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ReleaseServer(dir, privateKey, server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The public key, armoured and as a keyring. */
  get keyFile(): string {
    return join(this.#dir, 'releases.asc');
  }

  get keyring(): string {
    return join(this.#dir, 'releases.gpg');
  }

  /** Publishes a copy of the product's tree with these changes. */
  async publish(version: string, patches: readonly Patch[]): Promise<void> {
    const tree = join(this.#dir, 'tree');
    const file = `kinkeeper-${version}.tar.gz`;
    for (const part of PARTS) cpSync(join(REPO, part), join(tree, part), { recursive: true });
    // Too large to copy for every version; nothing in it is changed.
    symlinkSync(join(REPO, 'node_modules'), join(tree, 'node_modules'));
    const own = { file: 'package.json', from: /"version": "[^"]+"/, to: `"version": "${version}"` };
    for (const patch of [own, ...patches]) apply(tree, patch);
    await execa('tar', ['-cf', join(this.#dir, 'feed', file), '-I', 'gzip -1', '-C', tree, '.']);
    rmSync(tree, { recursive: true });
    const archive = readFileSync(join(this.#dir, 'feed', file));
    const sha256 = createHash('sha256').update(archive).digest('hex');
    this.#lines.push(`kinkeeper ${version} ${sha256} ${archive.length} ${file} -`);
    await this.#signList();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #signList(): Promise<void> {
    const list = `# Releases of Kinkeeper\n${this.#lines.join('\n')}\n`;
    const message = await createMessage({ binary: Buffer.from(list) });
    const signature = await sign({ message, signingKeys: this.#key, detached: true, format: 'armored' });
    writeFileSync(join(this.#dir, 'feed', 'releases.txt'), list);
    writeFileSync(join(this.#dir, 'feed', 'releases.txt.asc'), signature as string);
  }
}

function apply(tree: string, { file, from, to }: Patch): void {
  const path = join(tree, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, () => to);
  if (after === before) throw new Error(`${file} holds nothing like ${from}`);
  writeFileSync(path, after);
}
