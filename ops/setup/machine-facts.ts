import { lookup } from 'node:dns/promises';
import { readFile, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { meminfoBytes } from '../health/health-readings.ts';
import { othersFolder, trustedHere } from './others-folder.ts';
import { type PodmanFacts, readPodmanFacts } from './podman-facts.ts';

/** What set-up looks at before it changes anything. null: it could not be told. */
export interface MachineFacts {
  readonly isRoot: boolean;
  readonly hasSystemd: boolean;
  readonly architecture: string;
  /** Of every processor of this guest: models and vectors are far too slow without. */
  readonly hasAvx2: boolean | null;
  readonly memoryBytes: number | null;
  readonly swapBytes: number | null;
  /** Swap that is not encrypted: what was in memory may lie on the disk. */
  readonly hasPlainSwap: boolean | null;
  readonly diskFreeBytes: number | null;
  /** A folder on the way to the data, or to the product, that other accounts cannot pass; null: there is none. */
  readonly closedFolder: string | null;
  /**
   * A folder on the way to the data, or to the product and with it, that others than root (and than who runs this, where that is somebody else)
   * could lead elsewhere; null: there is none.
   */
  readonly othersFolder: { readonly folder: string; readonly of: 'data' | 'product' } | null;
  /** The data folder, or what it will lie in, is on an encrypted volume. */
  readonly isEncrypted: boolean | null;
  /** Ports that are taken already, of those that were asked for. */
  readonly takenPorts: readonly number[];
  /** Addresses that the name of the server leads to; null: it leads nowhere, or there is none to look up. */
  readonly addresses: readonly string[] | null;
  readonly clockSynchronised: boolean | null;
  /** Versions such as 27.3.1, or what stands in place of one (dev); null: not there. */
  readonly docker: string | null;
  readonly compose: string | null;
  /** What answers as `docker` is Podman, and this is what it needs; null: it is not. */
  readonly podman: PodmanFacts | null;
}

/** What is asked of this machine. */
export interface FactQuestions {
  readonly data: string;
  readonly ports: readonly number[];
  readonly host: string | undefined;
  /** Folder of the product, where it matters who else could change it. */
  readonly product?: string | undefined;
  /** Accounts of their own are to run it from there. */
  readonly isPassed?: boolean;
  /** Account whose containers Podman runs; undefined: root's. */
  readonly podmanAccount?: string | undefined;
}

/** Looks at this machine; changes nothing. */
export async function readMachineFacts({
  data,
  ports,
  host,
  product,
  isPassed,
  podmanAccount,
}: FactQuestions): Promise<MachineFacts> {
  const meminfo = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const swaps = await readFile('/proc/swaps', 'utf8').catch(() => null);
  const folder = await nearest(data);
  const free = await statfs(folder).catch(() => null);
  return {
    isRoot: process.getuid?.() === 0,
    hasSystemd: (await stat('/run/systemd/system').catch(() => null)) !== null,
    architecture: process.arch,
    hasAvx2: await hasAvx2(),
    memoryBytes: meminfoBytes(meminfo, 'MemTotal'),
    swapBytes: meminfoBytes(meminfo, 'SwapTotal'),
    hasPlainSwap: swaps === null ? null : await hasPlainSwap(swaps),
    diskFreeBytes: free && free.bavail * free.bsize,
    closedFolder:
      (await closedAbove(data)) ?? (isPassed && product !== undefined ? await closedAbove(join(product, 'bot')) : null),
    othersFolder: await othersOnTheWay(data, product),
    isEncrypted: await isOnCrypt(folder),
    takenPorts: (await Promise.all(ports.map(async (port) => ((await isFree(port)) ? [] : [port])))).flat(),
    addresses: host === undefined ? null : await addressesOf(host),
    clockSynchronised: await clockSynchronised(),
    docker: await version('docker', ['version', '--format', '{{.Server.Version}}']),
    compose: await version('docker', ['compose', 'version', '--short']),
    podman: await readPodmanFacts(podmanAccount),
  };
}

/** On ARM the kernel names no such flag, and its own vector instructions are always there. */
async function hasAvx2(): Promise<boolean | null> {
  if (process.arch !== 'x64') return true;
  const flags = (await readFile('/proc/cpuinfo', 'utf8').catch(() => '')).match(/^flags\s*:.*$/gm);
  return flags === null ? null : flags.every((line) => /\bavx2\b/.test(line));
}

/** A folder that is there, on the way up from one that may not be. */
async function nearest(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder))
    if ((await stat(folder).catch(() => null)) || folder === '/') return folder;
}

/** Bot and ops have accounts of their own, and have to come by every folder on the way. */
async function closedAbove(data: string): Promise<string | null> {
  for (let folder = dirname(data); ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => null);
    if (found !== null && (found.mode & 0o001) === 0) return folder;
    if (folder === '/') return null;
  }
}

/** What root does there, an account in between could turn on files of the system. */
async function othersOnTheWay(data: string, product: string | undefined): Promise<MachineFacts['othersFolder']> {
  const trusted = trustedHere();
  const onData = await othersFolder(dirname(data), trusted);
  if (onData !== null) return { folder: onData, of: 'data' };
  const onProduct = product === undefined ? null : await othersFolder(product, trusted);
  return onProduct === null ? null : { folder: onProduct, of: 'product' };
}

/** Of the devices that lie under the folder's file system one is of dm-crypt, as lsblk sees it. */
async function isOnCrypt(folder: string): Promise<boolean | null> {
  const source = await output('findmnt', ['-n', '-o', 'SOURCE', '--target', folder]);
  return source === null ? null : isCrypt(source.trim().replace(/\[.*\]$/, ''));
}

async function hasPlainSwap(swaps: string): Promise<boolean> {
  const devices = swaps
    .split('\n')
    .slice(1)
    .flatMap((line) => line.split(/\s+/)[0] || []);
  for (const device of devices) {
    // zram never leaves the memory.
    if (/^\/dev\/zram/.test(device)) continue;
    const isSafe = device.startsWith('/dev/') ? await isCrypt(device) : await isOnCrypt(device);
    if (isSafe !== true) return true;
  }
  return false;
}

async function isCrypt(device: string): Promise<boolean | null> {
  const types = device.startsWith('/dev/') ? await output('lsblk', ['-n', '-s', '-o', 'TYPE', device]) : null;
  return types === null ? null : /^\W*crypt\b/m.test(types);
}

/** Nobody listens on it at any address. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ port, host: '::' }, resolve));
    return true;
  } catch (thrown) {
    // Without the right to try it (a low port), or without IPv6, nobody knows: that is not taken.
    return (thrown as NodeJS.ErrnoException).code !== 'EADDRINUSE';
  } finally {
    server.close();
  }
}

async function addressesOf(host: string): Promise<string[] | null> {
  const found = await lookup(host, { all: true }).catch(() => null);
  return found?.map(({ address }) => address) ?? null;
}

async function clockSynchronised(): Promise<boolean | null> {
  const said = await output('timedatectl', ['show', '--property=NTPSynchronized', '--value']);
  if (said === null) return null;
  return said.trim() === 'yes' ? true : said.trim() === 'no' ? false : null;
}

async function version(program: string, args: readonly string[]): Promise<string | null> {
  const said = await output(program, args);
  return said === null ? null : (said.match(/\d+(?:\.\d+)+/)?.[0] ?? said.trim().slice(0, 20));
}

/** What a program says; null when it is not there, or fails. */
async function output(program: string, args: readonly string[]): Promise<string | null> {
  const ended = await execa(program, args, { reject: false, stdin: 'ignore', timeout: 10_000 });
  return ended.failed ? null : ended.stdout;
}
