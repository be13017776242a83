import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveName, generationOf, LOCAL_PLACE, madeAtOf } from '../../../core/backup/generation.ts';
import type { OpenState } from '../../../core/control.ts';
import { createLogger } from '../../../core/log.ts';
import { folderStore } from '../../../ops/backup/remotes/folder-store.ts';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { sendJob } from '../../../ops/jobs/send.ts';
import { openTestState } from '../../core/sqlite/temporary-state.ts';
import type { KillScenario } from './scenario.ts';

const DAY = 86_400_000;
const NIGHTS = 5;
/** Of five nights, the last three stay, here and there. */
const RULE = { last: 1, daily: 3, weekly: 0, monthly: 0 };
const BYTES = 2_000_000;
const REMOTE = 'nas';

const openIn = (folder: string) => openTestState(join(folder, 'state'), { opensCopies: true, clock: Date.now });
const localIn = (folder: string) => join(folder, 'backups');
const remoteIn = (folder: string) => join(folder, REMOTE);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function setUp(folder: string): Promise<void> {
  using state = await openIn(folder);
  for (const path of [localIn(folder), remoteIn(folder)]) mkdirSync(path, { recursive: true });
  for (let nightsAgo = NIGHTS; nightsAgo > 0; nightsAgo--) {
    const stamp = new Date(Date.now() - nightsAgo * DAY).toISOString().replace(/[-:]|\.\d+/g, '');
    const name = `kin-${stamp}-${randomBytes(3).toString('hex')}`;
    const bytes = randomBytes(BYTES);
    const madeAt = madeAtOf(name)!;
    writeFileSync(join(localIn(folder), archiveName(name)), bytes);
    const made = { name, madeAt, bytes: BYTES, sha256: sha256(bytes), plainBytes: BYTES, entries: 1 };
    const { backups } = state.control;
    backups.add(made, randomBytes(32));
    backups.noteCopy(name, { place: LOCAL_PLACE, verifiedAt: madeAt });
    backups.markProven(name, madeAt, {});
  }
}

/** What has the name of an archive is one, whole; what counts as sent is there. */
function expectCopies(folder: string, { control: { backups } }: OpenState): void {
  for (const path of [localIn(folder), remoteIn(folder)])
    for (const file of readdirSync(path).filter((name) => generationOf(name) !== undefined))
      if (backups.find(generationOf(file)!)?.sha256 !== sha256(readFileSync(join(path, file))))
        throw new Error(`${path}/${file} is not what its record says`);
  for (const { name, copies } of backups.all())
    if (copies.some(({ place }) => place === REMOTE) && !existsSync(join(remoteIn(folder), archiveName(name))))
      throw new Error(`${name} counts as sent and is not there`);
}

/** A rule's worth of backups is sent elsewhere, and the older ones go: at any moment the newest ones lie here, whole. */
export const backupSend: KillScenario = {
  name: 'backup-send',
  setUp,
  async act(folder) {
    using state = await openIn(folder);
    const remotes = [new OffsetRemote({ name: REMOTE, kind: folderStore({ name: REMOTE, path: remoteIn(folder) }) })];
    const job = sendJob({
      control: state.control,
      localDir: localIn(folder),
      remotes,
      rule: RULE,
      zone: 'UTC',
      daysAt: {},
    });
    const log = createLogger({ name: 'kill', level: 'silent' });
    const signal = new AbortController().signal;
    await job.run({ ...{ signal, clock: Date.now, log, previous: undefined, dry: false }, progress: () => {} });
  },
  async check(folder) {
    using state = await openIn(folder);
    expectCopies(folder, state);
    const { alerts, backups } = state.control;
    if (alerts.open().length > 0) throw new Error(`alerts: ${JSON.stringify(alerts.open())}`);
    const kept = backups.all().slice(0, RULE.daily);
    const names = kept.map(({ name }) => archiveName(name)).sort();
    const lost = names.filter((name) => !existsSync(join(localIn(folder), name)));
    if (lost.length > 0) throw new Error(`lost here: ${lost}`);
    const isDone = [localIn(folder), remoteIn(folder)].every((path) => `${readdirSync(path).sort()}` === `${names}`);
    return isDone && backups.all().length === kept.length ? 'new' : 'old';
  },
};
