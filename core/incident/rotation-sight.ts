import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readKeyFile } from '../keys/key-file.ts';
import type { RotatedItem } from './rotation-guide.ts';

/** Where what is changed after an incident lies in this household; undefined or empty where there is none. */
export interface RotationPlaces {
  readonly stateDir: string;
  readonly passwordFile: string | undefined;
  /** File with the token of an administrator of the homeserver. */
  readonly accountsTokenFile: string | undefined;
  /** Marks of the keys of the HTTP API that open something (`apiKeyMark`). */
  readonly apiKeys: readonly string[];
  /** Files with the keys of model servers. */
  readonly modelKeyFiles: readonly string[];
  /** Whether there is a Qdrant or a PostgreSQL. */
  readonly hasDatabase: boolean;
  /** Files with the keys of databases that this process knows. */
  readonly databaseKeyFiles: readonly string[];
  readonly recipientsFile: string | undefined;
  readonly hasHostHelper: boolean;
  /** `/etc`; another one in tests. */
  readonly etc: string;
}

/** What of it can be seen now. */
export interface RotationSeen {
  /**
   * By what a thing is known, never a secret itself: of keys the time or number in keys.json, of secret files when they were written, of
   * public keys their hash, of each one its own. Missing where nothing can be seen.
   */
  readonly prints: Partial<Record<RotatedItem, string[]>>;
  /** What this household does not have, as far as its settings and this machine tell. */
  readonly absent: RotatedItem[];
}

/** Looks now. For IncidentDesk, which compares it with what was there when a round began. */
export function seeRotation(places: RotationPlaces): RotationSeen {
  const { modelKeyFiles, hasDatabase, databaseKeyFiles, recipientsFile, hasHostHelper, etc } = places;
  const { passwordFile, accountsTokenFile } = places;
  const prints = {
    ...keyPrints(join(places.stateDir, 'keys.json')),
    'bot-password': writtenAt(passwordFile === undefined ? [] : [passwordFile]),
    'accounts-token': writtenAt(accountsTokenFile === undefined ? [] : [accountsTokenFile]),
    'api-keys': [...places.apiKeys],
    'model-keys': writtenAt(modelKeyFiles),
    database: writtenAt(databaseKeyFiles),
    'ssh-host-keys': hashesOf(hostKeys(join(etc, 'ssh'))),
    'backup-key': recipientsFile === undefined ? [] : blockHashes(recipientsFile),
  };
  const absent: [RotatedItem, boolean][] = [
    ['accounts-token', accountsTokenFile === undefined],
    ['api-keys', places.apiKeys.length === 0],
    ['model-keys', modelKeyFiles.length === 0],
    ['database', !hasDatabase],
    ['wireguard', !hasHostHelper && !existsSync(join(etc, 'wireguard'))],
    ['backup-key', recipientsFile === undefined],
  ];
  return {
    prints: Object.fromEntries(Object.entries(prints).filter(([, seen]) => seen.length > 0)),
    absent: absent.filter(([, is]) => is).map(([item]) => item),
  };
}

/** By when they were made: what is wrapped in keys.json is new after other changes, too. */
function keyPrints(path: string): Partial<Record<RotatedItem, string[]>> {
  try {
    const { generation, madeAt } = readKeyFile(path);
    return {
      passphrase: [String(madeAt.passphrase)],
      'recovery-code': [String(madeAt.recovery)],
      'master-key': [String(generation)],
    };
  } catch {
    return {};
  }
}

function writtenAt(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    try {
      return [`${path} ${statSync(path).mtimeMs}`];
    } catch {
      return [];
    }
  });
}

function hostKeys(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /^ssh_host_\w+_key\.pub$/.test(name));
    return names.map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function hashesOf(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    try {
      return [sha256(readFileSync(path))];
    } catch {
      return [];
    }
  });
}

/** Of each armoured key in the file its own: one that is added beside the old has changed nothing. */
function blockHashes(path: string): string[] {
  try {
    const blocks = readFileSync(path, 'utf8').split(/^(?=-----BEGIN )/m);
    return blocks.filter((block) => block.startsWith('-----')).map((block) => sha256(block.trim()));
  } catch {
    return [];
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
