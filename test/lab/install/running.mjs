import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A failure told in one line; `exitCode` is the program's. */
export class InstallError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Shows that something is alive: on a terminal one line that keeps changing, elsewhere a line every ten seconds.
 * `describe` returns the current state in a few words; the returned function ends the display with a last line.
 */
export function showProgress(title, describe) {
  const terminal = process.stderr.isTTY === true;
  const started = Date.now();
  const line = (state) => `${title}: ${state} (${Math.round((Date.now() - started) / 1000)} s)`;
  const draw = () => process.stderr.write(terminal ? `\r\x1b[K${line(describe())}` : `${line(describe())}\n`);
  draw();
  const timer = setInterval(draw, terminal ? 250 : 10_000);
  return (outcome) => {
    clearInterval(timer);
    process.stderr.write(`${terminal ? '\r\x1b[K' : ''}${line(outcome)}\n`);
  };
}

/** Runs a program to its end; `onLine` sees each line of both outputs. Returns the exit code and the last 60 lines. */
export function run(program, args, { cwd, env = process.env, onLine = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines = [];
    const take = (line) => {
      lines.push(line);
      if (lines.length > 60) lines.shift();
      onLine(line);
    };
    for (const stream of [child.stdout, child.stderr]) splitLines(stream, take);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? 1, signal, lines }));
  });
}

function splitLines(stream, take) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.trim() !== '') take(part.trim());
  });
  stream.on('end', () => rest.trim() !== '' && take(rest.trim()));
}

/** Holds the lock file while `work` runs, so that two npm scripts started at once don't install into the same folder. */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!takeLock(file)) {
    if (!told) console.error(`waiting for another installation (${file})`);
    told = true;
    await sleep(500);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function takeLock(file) {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!holderIsAlive(file)) rmSync(file, { force: true });
  return false;
}

function holderIsAlive(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // An empty file was created a moment ago and gets its number now.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
