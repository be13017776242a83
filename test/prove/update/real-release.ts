import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Publisher } from '../../ops/update/publisher.ts';

/** The product's own tree. */
export const REPO = fileURLToPath(new URL('../../../', import.meta.url));

const PARTS = ['bot', 'core', 'ops', 'config', 'package.json'];

/** Changes one file of a release: what stands there becomes something else. A text that is not there is a fault of the test. */
export interface Patch {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/** A publisher of copies of the product's tree, behind a real HTTP server. */
export class ReleaseServer {
  readonly publisher: Publisher;
  readonly #dir: string;
  readonly #server: Server;

  private constructor(dir: string, publisher: Publisher, server: Server) {
    this.#dir = dir;
    this.publisher = publisher;
    this.#server = server;
  }

  static async start(dir: string): Promise<ReleaseServer> {
    const publisher = await Publisher.make(dir);
    const server = createServer((request, response) => {
      try {
        response.end(readFileSync(join(publisher.feed, (request.url ?? '').replace(/^\/+/, ''))));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ReleaseServer(dir, publisher, server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Publishes a copy of the product's tree with these changes. */
  async publish(version: string, patches: readonly Patch[]): Promise<void> {
    const tree = join(this.#dir, 'tree');
    for (const part of PARTS) cpSync(join(REPO, part), join(tree, part), { recursive: true });
    // Too large to copy for every version; nothing in it is changed.
    symlinkSync(join(REPO, 'node_modules'), join(tree, 'node_modules'));
    const own = { file: 'package.json', from: /"version": "[^"]+"/, to: `"version": "${version}"` };
    for (const patch of [own, ...patches]) applyPatch(tree, patch);
    await this.publisher.publish(version, tree);
    rmSync(tree, { recursive: true });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Changes a file below a tree. Throws where it holds nothing like what is to be changed. */
export function applyPatch(tree: string, { file, from, to }: Patch): void {
  const path = join(tree, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, () => to);
  if (after === before) throw new Error(`${file} holds nothing like ${from}`);
  writeFileSync(path, after);
}
