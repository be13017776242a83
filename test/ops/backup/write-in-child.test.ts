import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeBackup } from '../../../ops/backup/make-backup.ts';
import { openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { addWithPapers, backupTo } from './beside-household.ts';

let place: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => place.remove());

const block = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
const statOf = (pid: string) => {
  const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
  return { state, parent: Number(parent) };
};

function childOf(script: string): string {
  const isOurs = (pid: string) => {
    try {
      return statOf(pid).parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(script);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc').find((name) => /^\d+$/.test(name) && isOurs(name))!;
}

/** Two ends of a connection that is open. */
async function line() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(place.folder, 'line'), resolve));
  const far = connect(join(place.folder, 'line'));
  const near = await new Promise<Socket>((resolve) => server.once('connection', resolve));
  return { near, far, end: () => [far.destroy(), near.destroy(), server.close()] };
}

test('a backup that was made is known though the end of its process is seen before its last words', async () => {
  using state = await openTestState(place.stateDir, { opensCopies: true });
  addWithPapers(state, '@ada:home.test', 2);
  const { plan } = await backupTo(join(place.folder, 'backups'));
  const { near, far, end } = await line();
  let pid: string | undefined;
  // In one turn of the event loop: something else to be read, and another child that has ended. While the first is handled, the backup's
  // process says its last words and ends; then all ended children are looked for, and only in the next turn what they have said.
  near.once('data', () => {
    process.kill(Number(pid), 'SIGCONT');
    while (statOf(pid!).state !== 'Z') block(5);
  });
  const onProgress = () => {
    if (pid !== undefined) return;
    pid = childOf('backup-child.ts');
    process.kill(Number(pid), 'SIGSTOP');
    setTimeout(() => {
      far.write('.');
      const { pid: other } = spawn('true');
      while (statOf(String(other)).state !== 'Z') block(5);
    });
  };
  const made = await makeBackup(plan, {
    ...{ state, stateDir: place.stateDir, clock: Date.now, signal: new AbortController().signal, onProgress },
  });
  end();
  expect(pid).toBeDefined();
  expect(state.control.backups.all()).toMatchObject([{ name: made.name, bytes: made.bytes }]);
});
