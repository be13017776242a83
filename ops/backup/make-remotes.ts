import type { S3Keys } from '../../config/remote-secrets.ts';
import type { RemoteSettings, SshRemoteSettings } from '../../config/remotes-type.ts';
import type { Remote } from './remote.ts';
import { folderStore } from './remotes/folder-store.ts';
import { OffsetRemote } from './remotes/offset-remote.ts';
import { RsyncRemote } from './remotes/rsync-remote.ts';
import { S3Remote } from './remotes/s3-remote.ts';
import { sftpStore } from './remotes/sftp-store.ts';
import type { SshOptions } from './remotes/ssh.ts';

/** What the settings say about remotes. `keys` are those of the S3 remotes, by name. */
export interface RemotesSetup {
  readonly remotes: readonly RemoteSettings[];
  readonly keys: ReadonlyMap<string, S3Keys>;
  /** Folder of this machine where files may lie while they are read. */
  readonly localDir: string;
}

/** The remotes of the settings, in their order. Called by the entry files of ops. Nothing is connected yet. */
export function makeRemotes(setup: RemotesSetup): Remote[] {
  return setup.remotes.map((one) => makeRemote(one, setup));
}

function makeRemote(one: RemoteSettings, { keys, localDir }: RemotesSetup): Remote {
  const { name, bandwidthKiB } = one;
  if (one.kind === 'folder') return new OffsetRemote({ name, bandwidthKiB, kind: folderStore(one) });
  if (one.kind === 's3') {
    const { endpoint, region, bucket, prefix = '' } = one;
    // The loader opened them, or the start was refused.
    const own = keys.get(name)!;
    const [accessKey, secretKey] = [() => own.accessKey.reveal(), () => own.secretKey.reveal()];
    return new S3Remote({ name, endpoint, region, bucket, prefix, bandwidthKiB, accessKey, secretKey });
  }
  const { path, ...ssh } = sshOf(one);
  if (one.kind === 'sftp') return new OffsetRemote({ name, bandwidthKiB, kind: sftpStore({ ...ssh, path }) });
  return new RsyncRemote({ ssh, path, addOnly: one.addOnly, bandwidthKiB, scratchDir: localDir });
}

/** `user@host:path` in its parts; the settings checked its form. */
function sshOf({ name, target, port, sshKeyFile, knownHostsFile }: SshRemoteSettings): SshOptions & { path: string } {
  const at = target.indexOf('@');
  const end = target[at + 1] === '[' ? target.indexOf(']:') + 1 : target.indexOf(':', at);
  const host = target.slice(at + 1, end).replace(/^\[|\]$/g, '');
  const way = { user: target.slice(0, at), host, port, path: target.slice(end + 1) };
  return { name, keyFile: sshKeyFile, knownHostsFile, ...way };
}
