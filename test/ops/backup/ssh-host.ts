import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SshOptions } from '../../../ops/backup/remotes/ssh.ts';

const PORT = 22_022;

/** After so many seconds a test takes a silent line for cut; on a busy machine everything else needs the patience of `ssh`. */
export const SOON_SILENT = 3;

/** The line between this machine and the far one. */
interface Line {
  readonly address: string;
  readonly port: number;
  /** Words before a program that is to run on the far side. */
  readonly there: readonly string[];
  /** Bytes that went to the far side, with all that TCP adds. */
  sent(): number;
  cut(): void;
  mend(): void;
  close(): void;
}

/** A machine with a real sshd. Where network namespaces are not allowed it is this one, behind a relay of ours. */
export interface SshHost {
  readonly line: Line;
  /** The folder that is offered there. */
  readonly folder: string;
  /** Where keys are kept. */
  readonly keys: string;
  readonly ssh: Omit<SshOptions, 'name'>;
  /** Processes that work on that folder, there or on their way there: what they write, they may still be writing. */
  atWork(): string[];
  /** Lets a new key in with these options before it (`command="…"`), and returns how it connects. */
  allow(options: string): Omit<SshOptions, 'name'>;
  stop(): Promise<void>;
}

/** Starts it; a few hundred milliseconds. */
export async function startSshHost(): Promise<SshHost> {
  const keys = mkdtempSync(join(tmpdir(), 'kin-ssh-'));
  const folder = join(keys, 'there');
  mkdirSync(folder);
  const line = await openLine();
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'pipe' });
  run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(keys, 'host'));
  const authorized = join(keys, 'authorized_keys');
  writeFileSync(authorized, '');
  const daemon = await startDaemon({ keys, line });
  const known = join(keys, 'known_hosts');
  const name = line.port === 22 ? line.address : `[${line.address}]:${line.port}`;
  writeFileSync(known, `${name} ${readFileSync(join(keys, 'host.pub'), 'utf8')}`);
  const allow = (options: string) => {
    const keyFile = join(keys, `key-${randomBytes(4).toString('hex')}`);
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', keyFile);
    writeFileSync(authorized, `${options} ${readFileSync(`${keyFile}.pub`, 'utf8')}`, { flag: 'a' });
    const { address, port } = line;
    return { user: userInfo().username, host: address, port, keyFile, knownHostsFile: known, silentSeconds: 60 };
  };
  const stop = async () => {
    daemon.kill();
    await once(daemon, 'exit');
    line.close();
    rmSync(keys, { recursive: true, force: true });
  };
  return { line, folder, keys, ssh: allow('restrict'), allow, atWork: () => processesNaming(folder), stop };
}

/** Command lines of this machine that name a path; those of other network namespaces are among them. */
function processesNaming(path: string): string[] {
  const lines = readdirSync('/proc').map((name) => {
    try {
      return /^\d+$/.test(name) ? readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') : '';
    } catch {
      return '';
    }
  });
  return lines.filter((line) => line.includes(path));
}

async function startDaemon({ keys, line }: { keys: string; line: Line }): Promise<ChildProcess> {
  mkdirSync('/run/sshd', { recursive: true });
  const config = join(keys, 'sshd_config');
  const port = relayed.get(line) ?? PORT;
  const lines = [
    `Port ${port}`,
    `ListenAddress ${line.there.length > 0 ? line.address : '127.0.0.1'}`,
    `HostKey ${join(keys, 'host')}`,
    `AuthorizedKeysFile ${join(keys, 'authorized_keys')}`,
    `PidFile ${join(keys, 'pid')}`,
    'Subsystem sftp internal-sftp',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'ClientAliveInterval 2',
    'ClientAliveCountMax 5',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const [program, ...args] = [...line.there, '/usr/sbin/sshd', '-D', '-e', '-f', config];
  const daemon = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  daemon.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  while (!said.includes('Server listening')) {
    if (daemon.exitCode !== null) throw new Error(`sshd did not start: ${said}`);
    await sleep(20);
  }
  return daemon;
}

/** Ports of sshd behind our relays. */
const relayed = new WeakMap<Line, number>();

async function openLine(): Promise<Line> {
  try {
    return openNamespace();
  } catch {
    console.info('no network namespaces here: the SSH tests use the loopback, and a relay that breaks connections');
    return await openRelay();
  }
}

function openNamespace(): Line {
  const id = randomBytes(3).toString('hex');
  const [space, here, there] = [`kin-${id}`, `kin${id}a`, `kin${id}b`];
  const net = `10.${randomInt(200, 250)}.${randomInt(1, 250)}`;
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });
  ip('netns', 'add', space);
  try {
    ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', space);
    ip('addr', 'add', `${net}.1/30`, 'dev', here);
    ip('link', 'set', here, 'up');
    ip('-n', space, 'addr', 'add', `${net}.2/30`, 'dev', there);
    ip('-n', space, 'link', 'set', there, 'up');
    ip('-n', space, 'link', 'set', 'lo', 'up');
  } catch (thrown) {
    ip('netns', 'del', space);
    throw thrown;
  }
  return {
    address: `${net}.2`,
    port: PORT,
    there: ['ip', 'netns', 'exec', space],
    sent: () => Number(readFileSync(`/sys/class/net/${here}/statistics/tx_bytes`, 'utf8')),
    cut: () => ip('link', 'set', here, 'down'),
    mend: () => ip('link', 'set', here, 'up'),
    close: () => ip('netns', 'del', space),
  };
}

async function openRelay(): Promise<Line> {
  const target = randomInt(30_000, 60_000);
  const sockets = new Set<Socket>();
  let [sent, isCut] = [0, false];
  const relay: Server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    if (isCut) near.destroy();
    near.on('data', (chunk) => {
      sent += chunk.length;
    });
    near.pipe(far).pipe(near);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  const mend = () => {
    isCut = false;
  };
  const { port } = relay.address() as { port: number };
  const close = () => {
    cut();
    relay.close();
  };
  const line: Line = { address: '127.0.0.1', port, there: [], sent: () => sent, cut, mend, close };
  relayed.set(line, target);
  return line;
}

/** A sealed archive as random bytes, for which nothing can be compressed or found twice. */
export function writeArchive(folder: string, bytes: number): { path: string; name: string } {
  const name = `kin-20261130T03${String(randomInt(10, 60))}00Z-${randomBytes(3).toString('hex')}.tar.zst.gpg`;
  const path = join(folder, name);
  writeFileSync(path, randomBytes(bytes));
  return { path, name };
}
