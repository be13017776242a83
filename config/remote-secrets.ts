import { existsSync } from 'node:fs';
import type { RemoteSettings } from './remotes-type.ts';
import type { Secret } from './secret.ts';
import { readSecretFile } from './secret-file.ts';

/** The keys of an S3 remote. */
export interface S3Keys {
  readonly accessKey: Secret;
  readonly secretKey: Secret;
}

/**
 * Opens what the remotes need, by their names, and looks at the key files that ssh opens by itself: `fault` is told of every
 * file that cannot be used (`at` as `[1].sshKeyFile`). Called by the loader for the process that sends backups.
 */
export function readRemoteSecrets(
  remotes: readonly RemoteSettings[],
  fault: (at: string, problem: string) => void,
): ReadonlyMap<string, S3Keys> {
  const keys = new Map<string, S3Keys>();
  const open = (file: string, at: string): Secret | undefined => {
    const result = readSecretFile(file, { checkMode: true });
    if ('secret' in result) return result.secret;
    fault(at, result.problem);
    return undefined;
  };
  for (const [index, one] of remotes.entries()) {
    if (one.kind === 's3') {
      const accessKey = open(one.accessKeyFile, `[${index}].accessKeyFile`);
      const secretKey = open(one.secretKeyFile, `[${index}].secretKeyFile`);
      if (accessKey && secretKey) keys.set(one.name, { accessKey, secretKey });
    } else if (one.kind !== 'folder') {
      open(one.sshKeyFile, `[${index}].sshKeyFile`);
      if (!existsSync(one.knownHostsFile)) fault(`[${index}].knownHostsFile`, `there is no file ${one.knownHostsFile}`);
    }
  }
  return keys;
}
