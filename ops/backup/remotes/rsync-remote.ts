import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { noRoom } from '../backup-fault.ts';
import type { Remote, RemoteFile, SendOptions, SentFile, SentSort } from '../remote.ts';
import { SPARE_BYTES } from '../write-generation.ts';
import { ListLimit } from './list-limit.ts';
import { changedHere, damagedThere, remoteFault } from './remote-fault.ts';
import { type RsyncCall, RsyncFailure, runRsync } from './run-rsync.ts';
import { sha256Of } from './sha256-of.ts';
import type { SshOptions } from './ssh.ts';

/** An rsync remote of the settings. */
export interface RsyncOptions {
  readonly ssh: SshOptions;
  /** Absolute, or from the home of the user (with rrsync: from its folder); empty: that folder itself. */
  readonly path: string;
  readonly addOnly?: boolean | undefined;
  readonly bandwidthKiB?: number | undefined;
  /** Folder of this machine for what is fetched and compared. */
  readonly scratchDir: string;
}

/** Where the far side keeps what broke off. */
const PARTIAL = '.kin-partial';

/**
 * A folder of another machine, by rsync over SSH. A file is written under a passing name and gets its own when it is whole;
 * what broke off is kept there, and of that only what is missing is sent.
 *
 * What it proves: the far side is then asked to read the file again and to compare it with ours by MD5 (the strongest that
 * every rsync has): it holds our bytes unless it lies. It is not asked to write them to its disk at once.
 *
 * A key that can only add has this line in `authorized_keys` there (rrsync comes with rsync 3.2.4 and later):
 *
 *     restrict,command="/usr/bin/rrsync -wo -no-del -no-overwrite /srv/kinkeeper" ssh-ed25519 AAAA… kinkeeper
 *
 * With it, whoever holds this machine can neither read, nor remove, nor replace a backup that lies there, and `target` is
 * `user@host:` with `addOnly: true`. What breaks off begins anew then: nothing may be replaced there, and the rrsync of rsync 3.5
 * keeps nothing of it without `-no-overwrite` either. Old ones have to go by the far side's own hand after
 * `keptDays`, for 200 days by a line in its crontab:
 *
 *     17 5 * * * find /srv/kinkeeper -name 'kin-2*.tar.zst.gpg' -mtime +200 -delete
 */
export class RsyncRemote implements Remote {
  readonly name: string;
  readonly isReadable: boolean;
  readonly #options: RsyncOptions;
  #keepsPartial = true;

  constructor(options: RsyncOptions) {
    this.name = options.ssh.name;
    this.isReadable = options.addOnly !== true;
    this.#options = options;
  }

  async list(signal: AbortSignal, known: readonly RemoteFile[] = []): Promise<RemoteFile[]> {
    if (this.#options.addOnly) return this.#whichAreThere(known, signal);
    const lines = await this.#run(['--list-only', this.#there()], { signal });
    // "-rw-------      3,000,001 2026/11/30 03:15:00 kin-…"
    new ListLimit(this.name).take(lines.length);
    const files = lines.map((line) => /^-\S+ +([\d,]+) \S+ \S+ (.+)$/.exec(line));
    return files.flatMap((found) => (found ? [{ name: found[2]!, bytes: Number(found[1]!.replaceAll(',', '')) }] : []));
  }

  async send(file: SentFile, { signal, onProgress }: SendOptions): Promise<void> {
    // rsync compares with what lies here, whatever that is.
    if ((await sha256Of(createReadStream(file.path))).sha256 !== file.sha256) throw changedHere(this.name);
    if ((await this.#compare([file.path], '--checksum', signal)).has(file.name)) return;
    await this.#transfer(file, { signal, ...(onProgress && { onProgress }) });
    if (!(await this.#compare([file.path], '--checksum', signal)).has(file.name)) {
      await this.remove(file.name, signal);
      throw damagedThere(this.name);
    }
    onProgress?.(file.bytes);
  }

  async read(name: string, signal: AbortSignal, mostBytes?: number): Promise<Readable> {
    if (this.#options.addOnly) {
      const hint = 'Fetch the archive there with another key, and restore it from a folder.';
      throw remoteFault('refused', this.name, 'lets our key only add', hint);
    }
    const folder = await this.#scratch();
    try {
      const { bavail, bsize } = await statfs(folder);
      const room = Math.max(0, bavail * bsize - SPARE_BYTES);
      if (mostBytes !== undefined && mostBytes > room) throw noRoom(this.#options.scratchDir);
      await this.#run([this.#there(name), `${folder}/`], { signal, mostBytes: mostBytes ?? room });
    } catch (thrown) {
      await rm(folder, { recursive: true, force: true });
      const missing = thrown instanceof Error && /has no such folder/.test(thrown.message);
      throw missing ? remoteFault('no-backup', this.name, 'has no such backup') : thrown;
    }
    return Readable.from(contentOf(folder, name), { objectMode: false });
  }

  async remove(name: string, signal: AbortSignal): Promise<boolean> {
    if (this.#options.addOnly) return false;
    await this.#removeMatching([`/${name}`], signal);
    return true;
  }

  async removeUnfinished(sort: SentSort, signal: AbortSignal): Promise<void> {
    if (this.#options.addOnly) return;
    // Generations go on with their time, the others with what they are.
    const begin = sort === 'generations' ? 'kin-[0-9]' : 'kin-[a-z]';
    // Also what the far side could not put away when it lost power: `.kin-….tar.zst.gpg.a1b2c3`.
    const unfinished = [`/${PARTIAL}/`, `/${PARTIAL}/${begin}*`, `/.${begin}*.gpg.??????`];
    await this.#removeMatching(unfinished, signal);
  }

  async #transfer(file: SentFile, options: SendOptions): Promise<void> {
    const { bandwidthKiB } = this.#options;
    const args = [
      ...['--times', '--ignore-times', '--info=progress2', '--outbuf=L'],
      ...(this.#keepsPartial ? [`--partial-dir=${PARTIAL}`] : []),
      ...(bandwidthKiB === undefined ? [] : [`--bwlimit=${bandwidthKiB}`]),
      ...[file.path, this.#there()],
    ];
    try {
      // Named as it is called here, which is how it is to be called there.
      await runRsync(this.#options.ssh, args, options);
    } catch (thrown) {
      const refused = thrown instanceof RsyncFailure && /partial-dir has been disabled/.test(thrown.said);
      if (!refused || !this.#keepsPartial) throw thrown instanceof RsyncFailure ? thrown.fault : thrown;
      this.#keepsPartial = false;
      await this.#transfer(file, options);
    }
  }

  /** Of files of this machine: the names of those that the far side has just so, by checksum or size. Nothing is sent. */
  async #compare(
    paths: readonly string[],
    by: '--checksum' | '--size-only',
    signal: AbortSignal,
  ): Promise<Set<string>> {
    const asking = ['--dry-run', by, '--checksum-choice=md5', '-ii', '--out-format=%i %n', ...paths];
    const told = await this.#itemized([...asking, this.#there()], signal);
    const silent = paths.filter((path) => !told.has(nameOf(path)));
    if (silent.length > 0) {
      // The far side looks past what it has already (-no-overwrite): asked for another folder, it compares with this one.
      const root = `/${this.#options.path}`.replace('//', '/');
      const other = [...asking.slice(0, -paths.length), `--compare-dest=${root}`, ...silent];
      const more = await this.#itemized([...other, `${this.#host()}:${this.#folder()}.kin-compared/`], signal);
      for (const [name, change] of more) told.set(name, change);
    }
    return new Set([...told].filter(([, change]) => change.startsWith('.f')).map(([name]) => name));
  }

  /** What rsync would do about each file: `.f…` nothing, `<f…` send it. */
  async #itemized(args: readonly string[], signal: AbortSignal): Promise<Map<string, string>> {
    const lines = (await this.#run(args, { signal })).map((line) => /^([.<]f.{9}) (.+)$/.exec(line));
    return new Map(lines.flatMap((found) => (found ? [[nameOf(found[2]!), found[1]!] as const] : [])));
  }

  async #whichAreThere(known: readonly RemoteFile[], signal: AbortSignal): Promise<RemoteFile[]> {
    if (known.length === 0) return [];
    const folder = await this.#scratch();
    try {
      // Holes of the right sizes: they take no room, and nothing of them is sent.
      for (const { name, bytes } of known) {
        await writeFile(join(folder, name), '');
        await truncate(join(folder, name), bytes);
      }
      const there = await this.#compare(
        [...new Set(known.map(({ name }) => join(folder, name)))],
        '--size-only',
        signal,
      );
      return [...new Map(known.map((file) => [file.name, file])).values()].filter(({ name }) => there.has(name));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** rsync removes what the sender lacks: an empty folder is sent, and all but these patterns is left out of it. */
  async #removeMatching(patterns: readonly string[], signal: AbortSignal): Promise<void> {
    const folder = await this.#scratch();
    try {
      const rules = [...patterns.map((pattern) => `--include=${pattern}`), '--exclude=*'];
      await this.#run(['--recursive', '--delete', ...rules, `${folder}/`, this.#there()], { signal });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #run(args: readonly string[], options: RsyncCall): Promise<string[]> {
    try {
      return await runRsync(this.#options.ssh, args, options);
    } catch (thrown) {
      throw thrown instanceof RsyncFailure ? thrown.fault : thrown;
    }
  }

  async #scratch(): Promise<string> {
    await mkdir(this.#options.scratchDir, { recursive: true });
    return mkdtemp(join(this.#options.scratchDir, '.kin-read-'));
  }

  #there(name = ''): string {
    return `${this.#host()}:${this.#folder()}${name}`;
  }

  #host(): string {
    const { host } = this.#options.ssh;
    return host.includes(':') ? `[${host}]` : host;
  }

  #folder(): string {
    const { path } = this.#options;
    return path === '' ? './' : path.endsWith('/') ? path : `${path}/`;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A fetched file; its folder goes when it was read, or is read no further. */
async function* contentOf(folder: string, name: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(join(folder, name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
