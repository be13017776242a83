import { preloadChildren } from '../core/ingest/preload-children.ts';

/** Attempts that children made since the start, whether or not a wall stopped them. */
export interface Attempts {
  network: number;
  writing: number;
}

/**
 * Runs inside the sandboxed child before its own code: each call by which JavaScript or WebAssembly could reach the
 * network, write, or start a program first sends a signal to the parent. A signal needs no descriptor, so the lock does
 * not silence it.
 */
const PRELOAD = `
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net'; import http from 'node:http'; import https from 'node:https';
import http2 from 'node:http2'; import tls from 'node:tls'; import dgram from 'node:dgram'; import dns from 'node:dns';
import cp from 'node:child_process'; import fs from 'node:fs';
const parent = process.ppid, kill = process.kill.bind(process);
const tell = (signal) => kill(parent, signal);
const watch = (object, name, signal, counts = () => true) => {
  const own = object[name];
  object[name] = function (...args) { if (counts(args)) tell(signal); return Reflect.apply(own, this, args); };
};
const NETWORK = 'SIGUSR2', WRITING = 'SIGHUP';
watch(net.Socket.prototype, 'connect', NETWORK);
watch(net.Server.prototype, 'listen', NETWORK);
watch(dgram, 'createSocket', NETWORK);
watch(globalThis, 'fetch', NETWORK);
for (const part of [http, https]) for (const name of ['request', 'get']) watch(part, name, NETWORK);
for (const part of [tls, http2]) watch(part, 'connect', NETWORK);
for (const name of Object.keys(dns)) if (/^(lookup|resolve|reverse)/.test(name)) watch(dns, name, NETWORK);
for (const name of Object.keys(dns.promises)) if (/^(lookup|resolve|reverse)/.test(name)) watch(dns.promises, name, NETWORK);
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) watch(cp, name, WRITING);
const forWriting = ([, flags]) => flags !== undefined && flags !== 'r' && flags !== 0 && typeof flags !== 'function';
const WRITES = /^(writeFile|appendFile|mkdir|mkdtemp|rename|unlink|rm|rmdir|symlink|link|copyFile|cp|truncate|chmod|chown|utimes|createWriteStream)(Sync)?$/;
for (const object of [fs, fs.promises]) for (const name of Object.keys(object)) {
  if (typeof object[name] !== 'function') continue;
  if (WRITES.test(name)) watch(object, name, WRITING);
  else if (/^open(Sync)?$/.test(name)) watch(object, name, WRITING, forWriting);
}
syncBuiltinESMExports();
`;

/**
 * Makes every child that this process starts by `process.execPath` carry the observer, and counts what they tell. Signals
 * of one kind that come at once may be counted as one: a zero is exact.
 */
export function observeChildren(): Attempts {
  const attempts: Attempts = { network: 0, writing: 0 };
  process.on('SIGUSR2', () => attempts.network++);
  process.on('SIGHUP', () => attempts.writing++);
  preloadChildren(PRELOAD);
  return attempts;
}
