import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { LocalConfig, MatrixSettings } from '../../config/config.ts';
import { ConfigError, type Fault } from '../../config/config-error.ts';
import { loadConfig, type ReadFile, type Secrets } from '../../config/load.ts';
import { missingSettings } from '../../config/settings-file.ts';
import { word } from '../fixes/commands.ts';
import { pathOnHost } from '../fixes/host-path.ts';
import { isInContainer } from './container.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Telling } from './telling.ts';

const LOCAL_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What the other checks work with; undefined when the settings cannot be used. */
export interface Loaded {
  readonly config: LocalConfig & { readonly matrix: MatrixSettings };
  readonly secrets: Secrets;
  readonly files: readonly ReadFile[];
}

/** Reads settings and secrets as the processes do: one finding per fault. The modes of secret files are among the checks. */
export function checkSettings(
  file: string | undefined,
  env: NodeJS.ProcessEnv,
  telling: Telling,
): { findings: Finding[]; loaded?: Loaded } {
  const missing = missingSettings(file, env);
  if (missing !== undefined) return { findings: [fail('settings', missing.says, missing.fix)] };
  try {
    const loaded = loadConfig({ file, env });
    const findings = [
      ...checkFile(file, telling),
      ...checkSecrets(loaded, telling),
      ...checkAddresses(loaded, telling),
    ];
    return { findings, loaded };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const findings = thrown.faults.map((fault) =>
      fail('settings', `${fault.key}: ${fault.problem}`, fixOf(fault, file, telling)),
    );
    const alone = settingsAlone(file, env);
    return { findings, ...(alone !== undefined && { loaded: alone }) };
  }
}

function checkFile(file: string | undefined, { say, host }: Telling): Finding[] {
  const valid = ok('settings', say('settings.valid', { file: file ?? '' }));
  const mode = file === undefined ? 0 : statSync(file).mode & 0o777;
  if (file === undefined || (mode & 0o022) === 0) return [valid];
  const says = say('settings.open', { file, mode: mode.toString(8) });
  return [valid, fail('settings', says, `chmod go-w ${word(pathOnHost(host, resolve(file)))}`)];
}

/** A mode is no setting: what mends it is said where it is wrong. */
function fixOf({ key, variable, problem }: Fault, file: string | undefined, { say, host }: Telling): string {
  const [, path] = /^expected mode 600 or 400, but (\S+) has /.exec(problem) ?? [];
  if (path !== undefined) return `chmod 600 ${word(pathOnHost(host, path))}`;
  const [unread] = /\S+(?= cannot be read by this user$)/.exec(problem) ?? [];
  const { uid, gid } = host.account;
  if (unread !== undefined) return `chown ${uid}:${gid} ${word(pathOnHost(host, unread))}`;
  return say('settings.correct', { key, variable: variable ?? '', file: file ?? '' });
}

/** The settings without any secret: where only those are wrong, the rest can be looked at all the same. undefined: they are wrong themselves. */
export function settingsAlone(file: string | undefined, env: NodeJS.ProcessEnv): Loaded | undefined {
  try {
    return loadConfig({ file, env, secrets: [] });
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return undefined;
  }
}

function checkSecrets({ config, secrets }: Loaded, { say }: Telling): Finding[] {
  const findings = [
    secrets.matrixPassword
      ? ok('secrets', say('secrets.well'))
      : warn('secrets', say('secrets.no-password'), say('secrets.no-password.fix')),
  ];
  if (secrets.passphrase === undefined) {
    findings.push(ok('secrets', say('secrets.sealed')));
  } else if (secrets.passphrase.reveal().length < 12) {
    findings.push(warn('secrets', say('secrets.short'), say('secrets.short.fix')));
  }
  if (config.people.every((person) => person.role !== 'admin')) {
    findings.push(warn('people', say('people.no-admin'), say('people.no-admin.fix')));
  }
  return findings;
}

/** This machine itself; and of a container its neighbours, whose names have no dot: the network between them leads through this machine alone. */
function isNear(host: string): boolean {
  return LOCAL_HOST.test(host) || (isInContainer() && !/[.:]/.test(host));
}

function checkAddresses({ config }: Loaded, { say }: Telling): Finding[] {
  const addresses = [
    { key: 'matrix.homeserver', url: config.matrix.homeserver },
    ...('url' in config.embedding ? [{ key: 'embedding.url', url: config.embedding.url }] : []),
    ...('url' in config.answering ? [{ key: 'answering.url', url: config.answering.url }] : []),
  ];
  const open = addresses.filter(({ url }) => url.startsWith('http://') && !isNear(new URL(url).hostname));
  return open.map(({ key }) => warn('settings', say('settings.no-tls', { key }), say('settings.no-tls.fix')));
}

/** The path as an operator would write it from here. */
export function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}
