import type { KillScenario } from './scenario.ts';

// Loaded when it is its turn: a process that is killed some thousand times has to start fast.
const LOAD: Readonly<Record<string, () => Promise<KillScenario>>> = {
  'tenant-key': async () => (await import('./tenant-key.ts')).tenantKey,
  'master-key': async () => (await import('./master-key.ts')).masterKey,
  passphrase: async () => (await import('./passphrase.ts')).passphrase,
  'erase-person': async () => (await import('./erase-person.ts')).erasePerson,
  'erase-documents': async () => (await import('./erase-documents.ts')).eraseDocuments,
  export: async () => (await import('./export.ts')).exporting,
  import: async () => (await import('./import.ts')).importing,
  'restore-older-copy': async () => (await import('./restore-older-copy.ts')).restoreOlderCopy,
  'backup-make': async () => (await import('./backup.ts')).backupInItsProcess,
  'backup-steps': async () => (await import('./backup.ts')).backupByStep,
  'backup-drill': async () => (await import('./backup.ts')).backupDrill,
  'backup-restore': async () => (await import('./backup.ts')).backupRestore,
  'backup-send': async () => (await import('./backup-send.ts')).backupSend,
  'share-lend': async () => (await import('./share.ts')).sharing('share-lend'),
  'share-take-back': async () => (await import('./share.ts')).sharing('share-take-back'),
  'share-end-by-date': async () => (await import('./share.ts')).sharing('share-end-by-date'),
  'share-forget': async () => (await import('./share.ts')).sharing('share-forget'),
};

/** Names of every change that is killed at its steps. */
export const SCENARIO_NAMES: readonly string[] = Object.keys(LOAD);

/** Loads the scenario of a name. Throws Error when there is none. */
export function loadScenario(name: string): Promise<KillScenario> {
  const load = LOAD[name];
  if (load === undefined) throw new Error(`there is no scenario ${name}, only ${SCENARIO_NAMES.join(', ')}`);
  return load();
}
