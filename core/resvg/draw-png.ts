import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AppError } from '../errors.ts';
import type { DrawPng } from '../picture.ts';

const CHILD = fileURLToPath(new URL('./draw-child.ts', import.meta.url));
/** Enough for a machine that is busy with everything else. */
const LIMIT_MS = 60_000;
/** Bytes of signature, length and type before the width in the first chunk of a PNG. */
const WIDTH_AT = 16;

/** `DrawPng` of core by resvg, in a process of its own that ends with the picture. */
export const drawPng: DrawPng = async (svg, signal) => {
  signal.throwIfAborted();
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  // Nothing of the service's environment, and no word of the library in anybody's log.
  const child = spawn(process.execPath, [CHILD], { env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
  const kill = () => child.kill('SIGKILL');
  limited.addEventListener('abort', kill, { once: true });
  try {
    const ended = once(child, 'close');
    ended.catch(() => {});
    // A child that could not start or died: its end says so.
    child.stdin.on('error', () => {}).end(svg);
    const [bytes, [code]] = await Promise.all([buffer(child.stdout), ended]);
    if (code !== 0) throw failed();
    return { bytes, width: bytes.readUInt32BE(WIDTH_AT), height: bytes.readUInt32BE(WIDTH_AT + 4) };
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown instanceof AppError ? thrown : failed(thrown);
  } finally {
    limited.removeEventListener('abort', kill);
  }
};

function failed(cause?: unknown): AppError {
  return new AppError('unavailable', 'The picture could not be drawn.', { reason: 'picture-failed', cause });
}
