import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const RUNBOOK = fileURLToPath(new URL('../../ops/RUNBOOK.md', import.meta.url));

/** The commands of a section of the runbook, in order: what stands in its blocks of shell, as it stands there. */
export function commandsOf(section: string): string[] {
  const [, ...parts] = readFileSync(RUNBOOK, 'utf8').split(/^## /m);
  const found = parts.find((part) => part.startsWith(`${section}\n`));
  if (found === undefined) throw new Error(`the runbook has no section "${section}"`);
  return [...found.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map(([, block]) => block!.replace(/^ {3}/gm, '').trim());
}
