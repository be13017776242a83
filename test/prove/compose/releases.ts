import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Registry } from '../../lab/docker/registry.ts';
import { WIRE } from '../../lab/docker/two-hosts.ts';
import { Publisher } from '../../ops/update/publisher.ts';
import { applyPatch, type Patch, REPO } from '../update/real-release.ts';
import type { ComposeHousehold } from './compose-household.ts';

/** Of the registry; the server knows it by /etc/hosts. */
export const REGISTRY = 'registry.home.test';
const IMAGE = `${REGISTRY}/kinkeeper`;
const FEED_PORT = 8099;

/** A publisher at the far end of the wire: images in a real registry, and a signed list that names them by digest. */
export class Releases implements AsyncDisposable {
  readonly url = `http://${WIRE.outside}:${FEED_PORT}`;
  readonly publisher: Publisher;
  readonly #folder: string;
  readonly #household: ComposeHousehold;
  readonly #parts: AsyncDisposableStack;

  private constructor(
    household: ComposeHousehold,
    publisher: Publisher,
    { folder, parts }: { folder: string; parts: AsyncDisposableStack },
  ) {
    this.#household = household;
    this.publisher = publisher;
    this.#folder = folder;
    this.#parts = parts;
  }

  /** The server trusts the registry from then on. */
  static async open(household: ComposeHousehold): Promise<Releases> {
    await using parts = new AsyncDisposableStack();
    const at = { name: REGISTRY, address: WIRE.outside, namespace: household.hosts.outside };
    const registry = parts.use(await Registry.start(at));
    await household.lay(`/etc/docker/certs.d/${REGISTRY}/ca.crt`, registry.authority);
    const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-releases-'));
    parts.defer(() => rmSync(folder, { recursive: true, force: true }));
    const publisher = await Publisher.make(folder);
    await household.outside('serve', { folder: publisher.feed, port: FEED_PORT });
    return new Releases(household, publisher, { folder, parts: parts.move() });
  }

  /**
   * Builds a version from the image of this tree with some files changed, pushes it, and takes it off the server again. Resolves to the name
   * by which the list has it.
   */
  async publish(version: string, patches: readonly Patch[]): Promise<string> {
    const { engine } = this.#household;
    const context = join(this.#folder, version);
    const app = join(context, 'app');
    const own = { file: 'package.json', from: /"version": "[^"]+"/, to: `"version": "${version}"` };
    for (const patch of [own, ...patches]) {
      mkdirSync(dirname(join(app, patch.file)), { recursive: true });
      if (!existsSync(join(app, patch.file))) cpSync(join(REPO, patch.file), join(app, patch.file));
      applyPatch(app, patch);
    }
    writeFileSync(join(context, 'Dockerfile'), 'FROM kinkeeper:local\nCOPY app /app\n');
    const tag = `${IMAGE}:${version}`;
    await engine.build(tag, context);
    await engine.docker('push', '--quiet', tag);
    const image = await engine.docker('image', 'inspect', '--format', '{{index .RepoDigests 0}}', tag);
    await engine.docker('image', 'rm', tag);
    await this.publisher.publish(version, app, image);
    return image;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}
