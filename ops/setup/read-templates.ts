import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Answers } from './answers.ts';
import type { PlanFacts } from './plan/plan.ts';

/** What a plan takes from the product's own folder. Throws AppError `unavailable` where a part of it is missing. */
export function readTemplates(answers: Answers, product: string): Pick<PlanFacts, 'templates' | 'hostFiles' | 'env'> {
  if (answers.kind === 'bare') {
    const hostFiles = answers.start === 'systemd' ? textsIn(join(product, 'ops/host')) : {};
    return { templates: {}, hostFiles, env: '' };
  }
  const env = join(product, '.env');
  for (const needed of ['docker-compose.yml', 'config/deploy', 'ops/host'])
    if (!existsSync(join(product, needed)))
      throw new AppError('unavailable', `${join(product, needed)} is not there`, {
        hint: 'Set up containers from a whole checkout or release of Kinkeeper, such as /opt/kinkeeper.',
      });
  return {
    templates: textsIn(join(product, 'config/deploy')),
    hostFiles: textsIn(join(product, 'ops/host')),
    env: existsSync(env) ? readFileSync(env, 'utf8') : '',
  };
}

function textsIn(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}
