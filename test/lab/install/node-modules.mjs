import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { InstallError, run, showProgress, withLock } from './running.mjs';

/** Runs `npm ci` in the repository when node_modules does not hold the versions that package-lock.json asks for. */
export async function installNodeModules(repo) {
  if (installedAsLocked(repo)) return;
  await withLock(join(repo, '.lab', 'npm.lock'), async () => {
    if (!installedAsLocked(repo)) await npmCi(repo);
  });
}

/**
 * Compares what npm wrote into node_modules/.package-lock.json with the lock file: by content, because a checkout changes times.
 * Packages for other platforms are missing rightly; development packages too where an image left them out.
 */
export function installedAsLocked(repo) {
  const hidden = join(repo, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = packagesIn(join(repo, 'package-lock.json'));
  const present = packagesIn(hidden);
  const withoutDev = process.env.NODE_ENV === 'production' || (process.env.npm_config_omit ?? '').includes('dev');
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = present[path];
    if (!found) return entry.optional === true || entry.devOptional === true || (withoutDev && entry.dev === true);
    return found.version === entry.version && found.resolved === entry.resolved && found.integrity === entry.integrity;
  });
}

function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? {};
  } catch (error) {
    throw new InstallError(`${lockFile} cannot be read (${error.message}); restore it from git`);
  }
}

async function npmCi(repo) {
  const total = Object.keys(packagesIn(join(repo, 'package-lock.json'))).filter((path) => path !== '').length;
  const modules = join(repo, 'node_modules');
  const freeBefore = freeBytes(repo);
  const written = () => Math.max(0, Math.round((freeBefore - freeBytes(repo)) / 1_000_000));
  const state = () => `${countPackages(modules)} of at most ${total} folders, about ${written()} MB`;
  const done = showProgress('npm packages', state);
  // npm tells its scripts where it lies: the same npm goes on, whichever comes first in PATH.
  const viaNode = process.env.npm_execpath?.endsWith('.js') === true;
  const [program, before] = viaNode ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];
  const args = [...before, 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  // Its install script would fetch hundreds of megabytes for graphics cards, where npm is too old to know allowScripts.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const result = await run(program, args, { cwd: repo, env }).catch((error) => ({ code: 1, lines: [error.message] }));
  done(result.code === 0 ? 'installed' : 'failed');
  if (result.code !== 0) {
    const cause = result.lines
      .filter((line) => !/complete log|^npm error\s*$/.test(line))
      .slice(0, 6)
      .join(' | ');
    throw new InstallError(`npm ci failed: ${cause}. Run "npm ci" yourself for the whole output.`);
  }
}

function freeBytes(folder) {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function countPackages(modules) {
  const names = (folder) => (existsSync(folder) ? readdirSync(folder) : []);
  return names(modules).reduce((sum, name) => {
    if (name.startsWith('.')) return sum;
    return sum + (name.startsWith('@') ? names(join(modules, name)).length : 1);
  }, 0);
}
