import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { besideName } from '../../core/backup/beside.ts';
import { archiveName } from '../../core/backup/generation.ts';
import { AppError } from '../../core/errors.ts';
import type { Evidence } from '../../core/incident/evidence-list.ts';
import { syncFolder } from '../../core/keys/durable-write.ts';
import { wipe } from '../../core/keys/wipe.ts';
import { step } from '../../core/step.ts';
import { bareHead } from '../backup/archive/bare-head.ts';
import { readRecipients } from '../backup/archive/recipients.ts';
import { sessionKeyOf } from '../backup/archive/session-key.ts';
import { writeArchive } from '../backup/archive/write-archive.ts';
import { backupFault } from '../backup/backup-fault.ts';
import type { BackupPlan } from '../backup/backup-plan.ts';
import { verifyFile } from '../backup/verify-file.ts';
import { type EvidenceSources, gatherEvidence, textFile } from './evidence-files.ts';

/** Where evidence lies, below the folder of the backups. Nothing there is ever pruned. */
const EVIDENCE_FOLDER = 'evidence';

/** Where an archive of evidence lies on this machine, and its name there and at remotes. */
export function evidenceFile(localDir: string, evidence: string): { readonly path: string; readonly name: string } {
  const name = archiveName(evidence);
  return { path: join(localDir, EVIDENCE_FOLDER, name), name };
}

/** Evidence that was made. `missing`: parts that could not be had. `path` is where it lies. */
export interface MadeEvidence {
  readonly evidence: Evidence;
  readonly missing: readonly string[];
  readonly path: string;
}

interface Making {
  readonly sources: EvidenceSources;
  readonly cause: Evidence['cause'];
  readonly at: number;
  readonly signal: AbortSignal;
  readonly onSealing?: () => void;
}

/** Longer than any evidence takes. */
const UNFINISHED_MS = 2 * 3_600_000;

/**
 * Gathers evidence of an incident and seals it to the public keys of the backups, so that it takes no key of the household:
 * it works in a lockdown too. It is read back, unsealed by the key that this archive alone has (which is then destroyed) and compared
 * before it gets its name. Opened as backups are: `gpg -d FILE | zstd -d | tar x`. Throws AppError `unavailable` (`no-backup-key`)
 * without backup keys, and what sealing throws; then nothing new lies there.
 */
export async function makeEvidence(
  plan: Pick<BackupPlan, 'localDir' | 'recipientsFile' | 'version'> | undefined,
  { sources, cause, at, signal, onSealing = () => {} }: Making,
): Promise<MadeEvidence> {
  if (plan === undefined) throw noBackupKey();
  const folder = join(plan.localDir, EVIDENCE_FOLDER);
  const recipients = await readRecipients(plan.recipientsFile, at);
  const name = besideName('evidence', at);
  const temporary = join(folder, `${archiveName(name)}.part`);
  const sessionKey = sessionKeyOf();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    removeUnfinished(folder, at);
    const { files, missing } = await gatherEvidence(sources, signal);
    onSealing();
    const { anchor, people } = sources.records ?? { anchor: null, people: 0 };
    const about = { cause, madeAt: at, version: plan.version, anchor, missing };
    const bare = bareHead(plan.version, at);
    const head = { ...bare, people, auditAnchor: anchor ?? bare.auditAnchor };
    const written = await writeArchive(
      temporary,
      {
        head,
        files: [textFile('evidence.json', `${JSON.stringify(about, null, 2)}\n`), ...files],
      },
      { seal: { recipients, sessionKey }, signal },
    );
    step('evidence-written');
    await verifyFile(temporary, { ...written, sessionKey, signal });
    const path = join(folder, archiveName(name));
    renameSync(temporary, path);
    syncFolder(folder);
    const { bytes, sha256 } = written;
    return { evidence: { name, madeAt: at, bytes, sha256, files: files.length, cause }, missing, path };
  } catch (thrown) {
    throw backupFault(thrown, folder);
  } finally {
    wipe(sessionKey.data);
    rmSync(temporary, { force: true });
  }
}

/** What a kill left long ago; one that is being made beside this one is younger. */
function removeUnfinished(folder: string, at: number): void {
  for (const name of readdirSync(folder).filter((one) => /^kin-evidence-.*\.part$/.test(one))) {
    const begun = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? at;
    if (at - begun > UNFINISHED_MS) rmSync(join(folder, name), { force: true });
  }
}

function noBackupKey(): AppError {
  return new AppError('unavailable', 'there is no key that evidence could be sealed to', {
    reason: 'no-backup-key',
    hint: 'Make one with `kinkeeper backup keys`, and name its public half in backup.recipientsFile.',
  });
}
