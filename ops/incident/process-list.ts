import { readdir, readFile } from 'node:fs/promises';

/**
 * The processes that this one can see (in a container: those of the container), one a line: number, parent, user, name.
 * Without their arguments, which may hold a secret. '' where there is no /proc.
 */
export async function processList(): Promise<string> {
  const names = await readdir('/proc').catch(() => []);
  const lines: string[] = [];
  for (const pid of names.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(a) - Number(b))) {
    // One that ended meanwhile is left out.
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
    if (status === undefined) continue;
    const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '-';
    lines.push(`${pid}\t${field('PPid')}\t${field('Uid')}\t${field('Name')}\n`);
  }
  return lines.length === 0 ? '' : `pid\tparent\tuid\tname\n${lines.join('')}`;
}
