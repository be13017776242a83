import { isRecord } from './is-record.ts';
import type { Parsed, SettingType } from './setting-types.ts';
import { choice, count, nearUrl, text } from './setting-types.ts';

interface AnyRemote {
  /** What alerts and lists call it. */
  readonly name: string;
  /** Most KiB a second; missing: as fast as it goes. */
  readonly bandwidthKiB?: number;
}

/** A folder of this machine: a disk, or what is mounted there. */
export interface FolderRemoteSettings extends AnyRemote {
  readonly kind: 'folder';
  readonly path: string;
  /** Refuse when nothing is mounted at `path`. */
  readonly mustBeMount?: boolean;
}

/** Another machine by SSH. `target` is user@host:path; the path starts at the home of the user, or is absolute. */
export interface SshRemoteSettings extends AnyRemote {
  readonly kind: 'rsync' | 'sftp';
  readonly target: string;
  readonly port?: number;
  readonly sshKeyFile: string;
  readonly knownHostsFile: string;
  /** rsync only: the key can only add, and the far side removes archives after `keptDays` by itself, which nobody here can see: no receipt relies on it. */
  readonly addOnly?: boolean;
  readonly keptDays?: number;
}

/** A bucket of a server that speaks S3. Its keys are in `Secrets`. */
export interface S3RemoteSettings extends AnyRemote {
  readonly kind: 's3';
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Before the names of archives; as written, so with its slash. */
  readonly prefix?: string;
  readonly accessKeyFile: string;
  readonly secretKeyFile: string;
}

/** One entry of `backup.remotes`. Paths are absolute. */
export type RemoteSettings = FolderRemoteSettings | SshRemoteSettings | S3RemoteSettings;

/** Where a remote's target leads: to ssh as a plain word, so no character that ssh or rsync could read as something else. */
const SSH_TARGET = /^([A-Za-z_][\w.-]*)@([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\]):([\w./-]*)$/;

type Problem = { at: string; expected: string; given?: unknown };
interface Field extends SettingType<unknown> {
  readonly optional?: boolean;
}

function pattern(expected: string, matches: RegExp): SettingType<string> {
  const fits = (raw: unknown): raw is string => typeof raw === 'string' && matches.test(raw);
  const parse = (raw: unknown): Parsed<string> =>
    fits(raw) ? { ok: true, value: raw } : { ok: false, problems: [{ at: '', expected, given: raw }] };
  return { expected, parse };
}

const optional = (type: SettingType<unknown>): Field => ({ ...type, optional: true });
const yes: SettingType<boolean> = {
  expected: 'true or false',
  parse: (raw) =>
    typeof raw === 'boolean'
      ? { ok: true, value: raw }
      : { ok: false, problems: [{ at: '', expected: 'true or false', given: raw }] },
};
const path: Field = { ...text, expected: 'a path', role: 'path' };
// ssh reads quotes and percent signs in paths as something else.
const sshFile: Field = {
  ...pattern('the path of a file, without quotes, % or line breaks', /^[^"'%\r\n]*\/[^"'%\r\n]+$/),
  role: 'path',
};
/** A word without a slash may be the secret itself: it is not shown. */
const secretPath: Field = {
  expected: 'the path of a file that holds it (mode 600), such as ./secrets/name',
  role: 'secret-file',
  parse: (raw) =>
    typeof raw === 'string' && raw.includes('/')
      ? { ok: true, value: raw }
      : { ok: false, problems: [{ at: '', expected: secretPath.expected }] },
};

const NAME = pattern(
  'a short name of letters, digits and dashes that is not "local"',
  /^(?!local$)[A-Za-z0-9][A-Za-z0-9-]{0,31}$/,
);
const KIND = choice(['folder', 'rsync', 'sftp', 's3']);
const ANY: Record<string, Field> = {
  name: NAME,
  kind: KIND,
  bandwidthKiB: optional(count('KiB a second', 1, 10_000_000)),
};
const SSH: Record<string, Field> = {
  ...ANY,
  target: pattern('user@host:path of letters, digits and . _ - /', SSH_TARGET),
  port: optional(count('the port', 1, 65_535)),
  sshKeyFile: sshFile,
  knownHostsFile: sshFile,
};
const FIELDS: Record<RemoteSettings['kind'], Record<string, Field>> = {
  folder: { ...ANY, path, mustBeMount: optional(yes) },
  rsync: { ...SSH, addOnly: optional(yes), keptDays: optional(count('days', 1, 36_500)) },
  sftp: SSH,
  s3: {
    ...ANY,
    endpoint: nearUrl,
    region: pattern('a region such as eu-central-1', /^[\w-]+$/),
    bucket: pattern('the name of a bucket', /^[a-z0-9][a-z0-9.-]{1,62}$/),
    prefix: optional(pattern('letters, digits and . _ - / before the names, such as kin/', /^(?!\/)[\w./-]*$/)),
    accessKeyFile: secretPath,
    secretKeyFile: secretPath,
  },
};

const EXPECTED =
  'a list of { name, kind: folder, path }, { name, kind: rsync or sftp, target, sshKeyFile, knownHostsFile } or { name, kind: s3, endpoint, region, bucket, accessKeyFile, secretKeyFile }';

/** The list of remotes: YAML list, or JSON text in the environment variable. Every wrong field is its own problem. */
export const remotes: SettingType<readonly RemoteSettings[]> = {
  expected: EXPECTED,
  parse(raw) {
    const list = typeof raw === 'string' ? fromJson(raw) : raw;
    if (!Array.isArray(list)) return { ok: false, problems: [{ at: '', expected: EXPECTED, given: raw }] };
    const problems: Problem[] = list.flatMap((entry, index) => problemsOf(entry, `[${index}]`));
    const names = list.map((entry) => (isRecord(entry) ? entry.name : undefined));
    for (const [index, name] of names.entries()) {
      if (name !== undefined && names.indexOf(name) < index)
        problems.push({ at: `[${index}].name`, expected: 'each name once', given: name });
    }
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value: list.map(readEntry) };
  },
  absolute: (value, absolute) => value.map((one) => withPaths(one, absolute)),
};

function problemsOf(entry: unknown, at: string): Problem[] {
  if (!isRecord(entry)) return [{ at, expected: EXPECTED }];
  const kind = KIND.parse(entry.kind);
  if (!kind.ok) return kind.problems.map((problem) => ({ ...problem, at: `${at}.kind` }));
  const fields = FIELDS[kind.value];
  const unknown = Object.keys(entry).filter((name) => !Object.hasOwn(fields, name));
  const problems: Problem[] = unknown.map((name) => ({
    at: `${at}.${name}`,
    expected: `only ${Object.keys(fields).join(', ')}`,
  }));
  for (const [name, type] of Object.entries(fields)) {
    if (entry[name] === undefined && type.optional) continue;
    const parsed = type.parse(entry[name]);
    if (!parsed.ok) problems.push(...parsed.problems.map((problem) => ({ ...problem, at: `${at}.${name}` })));
  }
  if ((entry.addOnly === true) !== (entry.keptDays !== undefined)) {
    const expected = 'both or none: how many days the far side of an addOnly key keeps archives';
    problems.push({ at: `${at}.keptDays`, expected });
  }
  return problems;
}

function readEntry(entry: Record<string, unknown>): RemoteSettings {
  const fields = FIELDS[entry.kind as RemoteSettings['kind']];
  const read = Object.entries(entry).map(([name, raw]) => {
    const parsed = fields[name]!.parse(raw);
    return [name, parsed.ok ? parsed.value : undefined];
  });
  return Object.fromEntries(read) as RemoteSettings;
}

function withPaths(one: RemoteSettings, absolute: (path: string) => string): RemoteSettings {
  const fields = FIELDS[one.kind];
  const entries = Object.entries(one).map(([name, value]) => [
    name,
    fields[name]?.role === undefined ? value : absolute(String(value)),
  ]);
  return Object.fromEntries(entries) as RemoteSettings;
}

function fromJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
