// One part of a household's life, until it is killed. Arguments: state folder, part, number. Says a line after each turn. Parts:
// "writer" (counts through four stores: see freeze-state.test.ts), "rotator" (a writer that gives its tenants new keys now and then),
// "mover" (moves every store's log about), "eraser" (people come and are erased).
import { join } from 'node:path';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { tenantFile } from '../../../core/sqlite/tenant-files.ts';
import { TenantKeyStore } from '../../../core/sqlite/tenant-key-store.ts';
import { sampleDocument, samplePassage } from './sample-documents.ts';
import { openTestState } from './temporary-state.ts';

const [stateDir, part, number] = process.argv.slice(2) as [string, string, string];
const state = await openTestState(stateDir, { create: false });
const say = (line: string) => process.stdout.write(`${line}\n`);

/** A step of somebody else's is in the way now and then: it is tried again, as the product does. */
function patiently(work: () => void): void {
  for (;;) {
    try {
      work();
      return;
    } catch (thrown) {
      if ((thrown as { reason?: string }).reason !== 'store-busy') throw thrown;
    }
  }
}

/** To a change of key, a log that is moved about counts as somebody who writes: it gives up, and is tried again later. */
function unlessBusy(thrown: { reason?: string }): undefined {
  if (thrown.reason !== 'tenant-busy') throw thrown;
}

function write(who: string, n: number): void {
  const caller = state.control.people.callerFor(who)!;
  const passages = [samplePassage(0, `turn ${n} ${'word '.repeat(60)}`)];
  patiently(() =>
    state.vault.write(caller, (writer) => {
      if (writer.setting('n') === String(n)) return;
      writer.addDocument(sampleDocument(`$${who} ${n}`), passages);
      writer.setSetting('n', String(n));
    }),
  );
}

async function count(): Promise<void> {
  const { control, botKey, keys } = state;
  const bot = openEncrypted(join(stateDir, 'bot.db'), botKey);
  const note = bot.prepare('INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)');
  for (let n = 1; ; n++) {
    write(`@a${number}:home.test`, n);
    write(`@b${number}:home.test`, n);
    patiently(() => void note.run(number === '0' ? 'sync-batch' : 'identity-keys', String(n)));
    patiently(() => control.facts.set(`n${number}`, String(n)));
    say(`counted ${n}`);
    if (part !== 'rotator' || n % 3 !== 0) continue;
    const { tenant } = control.people.callerFor(`@${n % 2 === 0 ? 'a' : 'b'}${number}:home.test`)!;
    const changed = await keys.rotate(tenant).catch(unlessBusy);
    if (changed) say(`rotated ${n}`);
  }
}

function moveLogs(): void {
  const keys = state.freezeKeys();
  const control = openEncrypted(join(stateDir, 'control.db'), keys.control);
  const bot = openEncrypted(join(stateDir, 'bot.db'), keys.bot);
  const tenants = new TenantKeyStore(control, keys.wrap);
  for (let turn = 0; ; turn++) {
    const mode = ['TRUNCATE', 'PASSIVE', 'RESTART', 'FULL'][turn % 4];
    for (const db of [control, bot]) patiently(() => db.pragma(`wal_checkpoint(${mode})`));
    for (const [tenant, generation] of tenants.openable()) {
      try {
        const file = tenantFile(join(stateDir, 'tenants'), tenant, generation);
        const db = openEncrypted(file, tenants.key(tenant), { mustExist: true });
        db.pragma('busy_timeout = 0');
        db.pragma(`wal_checkpoint(${mode})`);
        db.close();
      } catch {
        // It went, or got another key, between the two lines.
      }
    }
    say(`moved ${turn}`);
  }
}

function erase(): void {
  const { people } = state.control;
  for (let turn = 0; ; turn++) {
    const id = `@guest${turn}:home.test`;
    patiently(() => void people.add({ id, role: 'member', language: 'en' }));
    write(id, 1);
    const { tenant } = people.callerFor(id)!;
    patiently(() => state.erasing.shred(tenant));
    say(`erased ${turn}`);
  }
}

say('ready');
if (part === 'mover') moveLogs();
else if (part === 'eraser') erase();
else await count();
