import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BotParts } from '../../../bot/bot-parts.ts';
import { botExporting } from '../../../bot/export/bot-exporting.ts';
import { exportPassword } from '../../../bot/export/export-password.ts';
import { BOT_MIGRATIONS } from '../../../bot/matrix/bot-migrations.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { rotateMasterKey } from '../../../core/sqlite/rotate-master-key.ts';
import { openSealedZip, writeSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { NOW, openTestState, PASSPHRASE, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { ADA } from '../matrix/sample-events.ts';

let place: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => place.remove());

/** One life of the bot: makes a part of the export that Ada's message asked for. */
async function makePart(): Promise<{ password: string; bytes: Buffer }> {
  using state = await openTestState(place.stateDir);
  const db = openEncrypted(join(place.stateDir, 'bot.db'), state.botKey);
  try {
    migrate(db, BOT_MIGRATIONS);
    const parts = { state, db, clock: () => NOW, version: '1', packExport: writeSealedZip };
    const { book, pack } = botExporting(parts as unknown as BotParts);
    const password = exportPassword(book.begin({ event: '$export', person: ADA, room: '!chat' }).seed);
    return { password, bytes: await pack([{ name: 'a.json', bytes: Buffer.from('[]') }], { password, at: NOW }) };
  } finally {
    db.close();
  }
}

test('parts of one export open with one password, also when the master key changes between two of them', async () => {
  const first = await makePart();
  const confirmed = async () => true;
  await rotateMasterKey({ stateDir: place.stateDir, passphrase: PASSPHRASE, at: NOW, confirmed });
  const second = await makePart();
  for (const { bytes } of [first, second])
    expect([...(await openSealedZip(bytes, { part: 'it', password: first.password })).keys()]).toEqual(['a.json']);
});

test('every export has a password of its own', () => {
  const [one, other] = [exportPassword(new Uint8Array(16)), exportPassword(new Uint8Array(16).fill(1))];
  expect(one).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  expect(other).not.toBe(one);
});
