import { channel } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { KILL_POINTS, type KillPoint, killedLine } from './kill-points.ts';

// Loaded into a bot process by `node --import`. KINKEEPER_TEST_KILL=<point>:<n> ends the process with SIGKILL when it
// reaches the point for the n-th time: no handler runs, nothing is flushed, as in a power cut of this one process.

const [wanted = '', count = '1'] = (process.env.KINKEEPER_TEST_KILL ?? '').split(':');
if (!KILL_POINTS.includes(wanted as KillPoint)) throw new Error(`KINKEEPER_TEST_KILL names no point: ${wanted}`);
let left = Number(count);

function reached(point: string): void {
  if (point !== wanted) return;
  left -= 1;
  if (left > 0) return;
  writeSync(2, `${killedLine(point)}\n`);
  process.kill(process.pid, 'SIGKILL');
}

channel('kinkeeper:checkpoint').subscribe((point) => reached(String(point)));

// Published by the fetch of Node itself when the last byte of a request was handed to the operating system.
channel('undici:request:bodySent').subscribe((message) => {
  const { request } = message as { request: { method: string; path: string } };
  const isSend = request.method === 'PUT' && request.path.includes('/send/m.room.encrypted/');
  // One turn later, so that what is corked in the socket has left.
  if (isSend) setImmediate(() => reached('put-left'));
});
