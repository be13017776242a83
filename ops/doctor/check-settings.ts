import { statSync } from 'node:fs';
import { relative } from 'node:path';
import type { LocalConfig, MatrixSettings } from '../../config/config.ts';
import { ConfigError, type Fault } from '../../config/config-error.ts';
import { loadConfig, type Secrets } from '../../config/load.ts';
import { missingSettings } from '../../config/settings-file.ts';
import { isInContainer } from './container.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const LOCAL_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What the other checks work with; undefined when the settings cannot be used. */
export type Loaded = { readonly config: LocalConfig & { readonly matrix: MatrixSettings }; readonly secrets: Secrets };

/** Reads settings and secrets as the processes do: one finding per fault. The modes of secret files are among the checks. */
export function checkSettings(
  file: string | undefined,
  env: NodeJS.ProcessEnv,
): { findings: Finding[]; loaded?: Loaded } {
  const missing = missingSettings(file, env);
  if (missing !== undefined) return { findings: [fail('settings', missing.says, missing.fix)] };
  try {
    const loaded = loadConfig({ file, env });
    const findings = [...checkFile(file), ...checkSecrets(loaded), ...checkAddresses(loaded)];
    return { findings, loaded };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const findings = thrown.faults.map((fault) =>
      fail('settings', `${fault.key}: ${fault.problem}`, fixOf(fault, file)),
    );
    return { findings, ...withoutSecrets(file, env) };
  }
}

function checkFile(file: string | undefined): Finding[] {
  const valid = ok('settings', `${file ?? 'the environment'} is valid`);
  const mode = file === undefined ? 0 : statSync(file).mode & 0o777;
  if (file === undefined || (mode & 0o022) === 0) return [valid];
  const says = `${file} can be changed by others than its owner (mode ${mode.toString(8)})`;
  return [valid, fail('settings', says, `chmod go-w ${file}`)];
}

/** A mode is no setting: what mends it is said where it is wrong. */
function fixOf({ key, variable, problem }: Fault, file: string | undefined): string {
  const [, path] = /^expected mode 600 or 400, but (\S+) has /.exec(problem) ?? [];
  if (path !== undefined) return `chmod 600 ${path}`;
  return `Correct ${key}${variable ? ` (or the variable ${variable})` : ''} in ${file ?? 'the environment'}.`;
}

/** Where only secrets are wrong, the rest can be looked at all the same. */
function withoutSecrets(file: string | undefined, env: NodeJS.ProcessEnv): { loaded?: Loaded } {
  try {
    return { loaded: loadConfig({ file, env, secrets: [] }) };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return {};
  }
}

function checkSecrets({ config, secrets }: Loaded): Finding[] {
  const findings = [
    secrets.matrixPassword
      ? ok('secrets', 'the password of the bot is readable by its owner only')
      : warn(
          'secrets',
          'no password of the bot is named',
          'Set matrix.passwordFile: the bot needs it for its first login.',
        ),
  ];
  if (secrets.passphrase === undefined) {
    findings.push(ok('secrets', 'no passphrase file: bot and ops start sealed and wait for `kinkeeper unlock`'));
  } else if (secrets.passphrase.reveal().length < 12) {
    findings.push(
      warn(
        'secrets',
        'the passphrase is shorter than 12 characters',
        'Choose several words; set it anew with the recovery code.',
      ),
    );
  }
  if (config.people.every((person) => person.role !== 'admin')) {
    findings.push(
      warn('people', 'the settings name no admin', 'Name one under people, unless one was added in the ops room.'),
    );
  }
  return findings;
}

/** This machine itself; and of a container its neighbours, whose names have no dot: the network between them leads through this machine alone. */
function isNear(host: string): boolean {
  return LOCAL_HOST.test(host) || (isInContainer() && !/[.:]/.test(host));
}

function checkAddresses({ config }: Loaded): Finding[] {
  const addresses = [
    { key: 'matrix.homeserver', url: config.matrix.homeserver },
    ...('url' in config.embedding ? [{ key: 'embedding.url', url: config.embedding.url }] : []),
    ...('url' in config.answering ? [{ key: 'answering.url', url: config.answering.url }] : []),
  ];
  const open = addresses.filter(({ url }) => url.startsWith('http://') && !isNear(new URL(url).hostname));
  return open.map(({ key }) =>
    warn(
      'settings',
      `${key} is reached without TLS at another machine`,
      'Use https://, or a private network that nobody else can listen on.',
    ),
  );
}

/** The path as an operator would write it from here. */
export function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}
