import { remoteFault } from './remote-fault.ts';

/** How another machine is reached by SSH. */
export interface SshOptions {
  /** Name of the remote in the settings. */
  readonly name: string;
  readonly user: string;
  /** Name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** A silent line counts as cut after this long; 45 when left out. */
  readonly silentSeconds?: number | undefined;
}

export const SILENT_SECONDS = 45;

/**
 * Options of this machine's `ssh`, without the host: the given key alone, no agent and no other way in, no questions, a host key
 * that must be in the given file, no settings of the user and no connection shared with others.
 */
export function sshArguments({ user, port, keyFile, knownHostsFile, silentSeconds }: SshOptions): string[] {
  const silent = silentSeconds ?? SILENT_SECONDS;
  const settings = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: `"${knownHostsFile}"`,
    GlobalKnownHostsFile: '/dev/null',
    UpdateHostKeys: 'no',
    IdentitiesOnly: 'yes',
    IdentityFile: `"${keyFile}"`,
    IdentityAgent: 'none',
    PreferredAuthentications: 'publickey',
    ForwardAgent: 'no',
    ClearAllForwardings: 'yes',
    ControlPath: 'none',
    ConnectTimeout: String(silent),
    ServerAliveInterval: String(Math.max(1, Math.floor(silent / 3))),
    ServerAliveCountMax: '3',
  };
  return [
    ...['-F', 'none', '-T', '-l', user, ...(port === undefined ? [] : ['-p', String(port)])],
    ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
  ];
}

/** Environment of ssh and rsync: words in English, and nothing of the caller's that changes what they do. */
export const SSH_ENVIRONMENT = {
  LC_ALL: 'C',
  SSH_AUTH_SOCK: undefined,
  SSH_ASKPASS: undefined,
  RSYNC_RSH: undefined,
  RSYNC_PARTIAL_DIR: undefined,
  RSYNC_PROXY: undefined,
} as const;

/** What became of a connection, from what ssh wrote. Only these words are looked for; nothing of the text is passed on. */
export function sshFault(name: string, stderr: string): Error {
  if (/host key verification failed|host identification has changed/i.test(stderr)) {
    const hint =
      'Compare its host key with the file of known hosts; if you did not change that machine, somebody stands between.';
    return remoteFault('wrong-machine', name, 'is not the machine that the known hosts file knows', hint);
  }
  if (/permission denied|too many authentication|bad permissions|load key/i.test(stderr)) {
    return remoteFault('refused', name, 'does not let us in', 'Is our public key in its authorized_keys?');
  }
  if (/no space left|quota exceeded/i.test(stderr)) return remoteFault('full', name, 'is full', 'Make room there.');
  return remoteFault('away', name, 'cannot be reached, or the connection broke off');
}

/** A program of the host that is missing. */
export function missingProgram(name: string, program: string): Error {
  return remoteFault('program', name, `needs the program ${program}`, `Install ${program} on this machine.`);
}
