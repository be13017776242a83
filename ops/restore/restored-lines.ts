import { wholeLines } from '../backup/commands/whole-lines.ts';
import type { VerifiedArchive } from '../backup/verify-archive.ts';
import { minute } from '../minute.ts';
import type { RestoredHousehold } from './restore.ts';
import type { RestorePlaces } from './restore-places.ts';
import type { TakenCopies } from './take-erased-copies.ts';

/** What `--check` found: the backup is whole. */
export function checkedLines(verified: VerifiedArchive, asJson: boolean): string {
  if (!asJson) return `${wholeLines(verified)} Nothing was written.`;
  const { head, files, plainBytes, leftOut, bytes, sha256 } = verified;
  const { madeAt, version, people, homeserver } = head;
  const documents = head.tenants.reduce((sum, one) => sum + one.documents, 0);
  const facts = {
    madeAt,
    version,
    people,
    stores: head.tenants.length,
    documents,
    homeserver,
    files,
    leftOut,
    bytes,
    plainBytes,
  };
  return JSON.stringify({ ok: true, ...facts, sha256 });
}

/** A finished restore for a program. */
export function restoredRecord({ madeAt, stores }: RestoredHousehold, { stateDir, homeserver }: RestorePlaces): object {
  return { ok: true, madeAt, stateDir, homeserver: homeserver.kind, ...stores };
}

/** Which lists of what was erased lay where the backup came from, and what became of them. */
function listLines({ place, older, used, refused }: TakenCopies): string[] {
  const [newest] = used;
  const lines = refused.map(
    ({ name, problem }) => `NOT USED: the list of what was erased ${name} at ${place}: ${problem}.`,
  );
  if (newest !== undefined) return [`The list of what was erased ${newest.name} at ${place} was used.`, ...lines];
  if (refused.length > 0)
    return [
      ...lines,
      `So no list that is newer than the backup was had from ${place}: what was erased since may be back.`,
    ];
  if (older > 0) return [`No list of what was erased at ${place} is newer than the backup, which has its own.`];
  return [`There is no list of what was erased at ${place}; only the backup’s own could be used.`];
}

/** A finished restore for the terminal, with what comes next. */
export function restoredLines(
  { madeAt, replaced, stores }: RestoredHousehold,
  { stateDir, homeserver }: RestorePlaces,
): string {
  const lines = [`Restored from the backup of ${minute(madeAt)} UTC into ${stateDir}.`];
  if (replaced)
    lines.push(
      'The restore of another backup was not at its end: nothing of that was in its place yet, and it was thrown away.',
    );
  if (stores !== undefined) {
    lines.push(
      `${stores.people} people, ${stores.stores} stores, ${stores.documents} papers; every page of them was read.`,
    );
    if (stores.erasedAgain + stores.forgottenAgain > 0)
      lines.push(`Erased again: ${stores.erasedAgain} people; forgotten again: ${stores.forgottenAgain} papers.`);
    lines.push(...listLines(stores.lists));
    lines.push(
      `The newest list of what was erased that was used is from ${minute(stores.erasuresUntil)} UTC. Whoever was erased after that is back: with a newer one (the file tombstones of a newer state folder or backup, --tombstones) they would not be.`,
    );
  }
  lines.push('', 'What comes next:');
  if (homeserver.kind !== 'none') lines.push('- Start the homeserver, and wait until it answers.');
  lines.push(
    '- Put the secrets back that are in no backup: the bot’s Matrix password, and the passphrase if it is read from a file.',
    '- Start bot and ops. The bot tells everybody up to when things are there, and the ops room how every store answered.',
    '- Make a new backup when all is well: kinkeeper backup now',
  );
  return lines.join('\n');
}
