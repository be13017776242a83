/**
 * Installs what a fresh machine lacks, before any package of ours can be imported: plain JavaScript for Node 20 and newer.
 *
 *   node test/lab/install.mjs [npm] [python] [nio] [llm] [schemathesis] [minilm]
 *
 * npm     node_modules, when it does not hold what package-lock.json asks for
 * python  a virtual environment with Synapse; nio and llm add a second Matrix client and a small language model to it
 * schemathesis  what tries the HTTP API by its description, in the same environment; not among what `npm test` installs, because its own look takes minutes
 * minilm  the embedder that other tools use by default, in `.lab/models`, for the baseline of a bench
 *
 * Ready parts cost a few milliseconds, so npm's pre-scripts call this every time. The environment lies in `.lab/python`
 * (KINKEEPER_LAB names another folder than `.lab`). Exit codes: 0 ready, 2 usage, 3 the Python package index cannot be
 * reached (a caller may go on without Synapse), 1 anything else. One line on stderr says what is wrong and what helps.
 */
import { fileURLToPath } from 'node:url';
import { installMiniLm } from './install/minilm.mjs';
import { installNodeModules } from './install/node-modules.mjs';
import { installPython } from './install/python.mjs';
import { InstallError } from './install/running.mjs';

const PYTHON_PARTS = ['python', 'nio', 'llm', 'schemathesis'];
const PARTS = ['npm', ...PYTHON_PARTS, 'minilm'];
const REPO = fileURLToPath(new URL('../../', import.meta.url));

async function main(asked) {
  const unknown = asked.filter((part) => !PARTS.includes(part));
  if (unknown.length > 0 || asked.length === 0) {
    throw new InstallError(`usage: node test/lab/install.mjs ${PARTS.map((part) => `[${part}]`).join(' ')}`, 2);
  }
  if (asked.includes('npm')) await installNodeModules(REPO);
  const pythonParts = PYTHON_PARTS.filter((part) => asked.includes(part));
  if (pythonParts.length > 0) await installPython(REPO, pythonParts);
  if (asked.includes('minilm')) await installMiniLm(REPO);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`install: ${error instanceof InstallError ? error.message : error?.stack}`);
  process.exitCode = error instanceof InstallError ? error.exitCode : 1;
}
