import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { createMessage, generateKey, type PrivateKey, sign } from 'openpgp';

/** Who releases: a key, and a folder as it lies behind `update.feed`. */
export class Publisher {
  /** Folder with the signed list and the archives. */
  readonly feed: string;
  /** The public key, armoured, and as a keyring of gpgv. */
  readonly keyFile: string;
  readonly keyring: string;
  readonly #key: PrivateKey;
  readonly #lines: string[] = [];

  private constructor(dir: string, key: PrivateKey) {
    this.feed = join(dir, 'feed');
    this.keyFile = join(dir, 'releases.asc');
    this.keyring = join(dir, 'releases.gpg');
    this.#key = key;
  }

  static async make(dir: string): Promise<Publisher> {
    const user = { name: 'Publisher', email: 'releases@home.test' };
    const { privateKey } = await generateKey({ type: 'rsa', rsaBits: 2048, userIDs: [user], format: 'object' });
    const publisher = new Publisher(dir, privateKey);
    mkdirSync(publisher.feed, { recursive: true });
    writeFileSync(publisher.keyFile, privateKey.toPublic().armor());
    // As gpgv wants its keyring: the same key without armour.
    writeFileSync(publisher.keyring, privateKey.toPublic().write());
    return publisher;
  }

  /** Packs a folder as the archive of a version and adds it to the list. */
  async publish(version: string, tree: string, image = '-'): Promise<void> {
    const file = `kinkeeper-${version}.tar.gz`;
    await execa('tar', ['-cf', join(this.feed, file), '-I', 'gzip -1', '-C', tree, '.']);
    const archive = readFileSync(join(this.feed, file));
    const sha256 = createHash('sha256').update(archive).digest('hex');
    this.#lines.push(`kinkeeper ${version} ${sha256} ${archive.length} ${file} ${image}`);
    await this.signList(`# Releases of Kinkeeper\n# number ${this.#lines.length}\n${this.#lines.join('\n')}\n`);
  }

  /** Publishes a list, signed. */
  async signList(list: string): Promise<void> {
    const message = await createMessage({ binary: Buffer.from(list) });
    const signature = await sign({ message, signingKeys: this.#key, detached: true, format: 'armored' });
    writeFileSync(join(this.feed, 'releases.txt'), list);
    writeFileSync(join(this.feed, 'releases.txt.asc'), signature as string);
  }
}
