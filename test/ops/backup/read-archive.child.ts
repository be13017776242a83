// Reads an archive and says how that ended and how much memory it took at most. Arguments: path, session key in hex.
import { createReadStream, readFileSync } from 'node:fs';
import { readArchive } from '../../../ops/backup/archive/read-archive.ts';
import { sessionKeyOf } from '../../../ops/backup/archive/session-key.ts';

const [path, key] = process.argv.slice(2) as [string, string];
const reason = await readArchive(createReadStream(path), {
  keys: { sessionKey: sessionKeyOf(new Uint8Array(Buffer.from(key, 'hex'))) },
  signal: new AbortController().signal,
  onEntry: async () => {},
}).then(
  () => 'read',
  (thrown: { reason?: string }) => thrown.reason ?? String(thrown),
);
const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))!;
process.stdout.write(JSON.stringify({ reason, peakMegabytes: Number(peak) / 1024 }));
