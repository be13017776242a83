import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runBench } from './run-bench.ts';

const isRatio = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value > 0;

it('bench:ingest measures rounds and a folder of one small file, or says that there is no model', async () => {
  const data = mkdtempSync(join(tmpdir(), 'kinkeeper-bench-ingest-'));
  try {
    mkdirSync(join(data, 'files'));
    writeFileSync(
      join(data, 'files/boiler.txt'),
      'The boiler was serviced in October.\n\nThe next service is due in a year.\n',
    );
    writeFileSync(join(data, 'questions.jsonl'), '');
    const parameters = ['--json', '--rounds', '1', '--passages', '2', '--data', data];
    const { code, lines, figures } = await runBench('ingest.ts', parameters);
    expect(code).toBe(0);
    if (lines[0]!.startsWith('skipped')) {
      console.log(lines[0]);
      return;
    }
    const [rounds, formats] = figures;
    expect(rounds).toMatchObject({ bench: 'ingest', rounds: 1 });
    for (const figure of ['barePerSecond', 'backgroundPerSecond', 'share', 'cpuShare'])
      expect(isRatio(rounds?.[figure]), figure).toBe(true);
    const own = formats?.figures as { format: string; files: number; ratios: Record<string, number> }[];
    expect(own).toMatchObject([{ format: 'txt', files: 1 }]);
    for (const { ratios } of own) {
      expect(Object.keys(ratios)).toEqual(['rate', 'time', 'cpu', 'memory']);
      expect(Object.values(ratios).every(isRatio)).toBe(true);
    }
    expect(lines.filter((line) => /^txt +1 /.test(line))).toHaveLength(1);
  } finally {
    rmSync(data, { recursive: true });
  }
}, 600_000);
