import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runBench } from './run-bench.ts';

const isRatio = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value > 0;

it('bench:search measures every way on two small stores, and says the same in its table and in JSON', async () => {
  const lab = mkdtempSync(join(tmpdir(), 'kinkeeper-bench-search-'));
  try {
    const parameters = ['--json', '--sizes', '200,300', '--questions', '4'];
    const { code, lines, figures } = await runBench('search.ts', parameters, { KINKEEPER_LAB: lab });
    expect(code).toBe(0);
    const [{ bench, rows, seed } = {}] = figures;
    expect({ bench, seed: typeof seed }).toEqual({ bench: 'search', seed: 'number' });
    const table = lines.filter((line) => /^ +(?:200|300) /.test(line));
    const own = rows as { size: number; overlap: number; ratios: Record<string, { p50: number; p95: number }> }[];
    expect(own.map(({ size }) => size)).toEqual([200, 300]);
    for (const [at, { ratios, overlap }] of own.entries()) {
      expect(Object.keys(ratios)).toEqual(['builtIn', 'all', 'allToBoth']);
      for (const { p50, p95 } of Object.values(ratios)) expect([p50, p95].every(isRatio)).toBe(true);
      expect(table[at]).toContain(`${ratios.all!.p50.toFixed(2)} / ${ratios.all!.p95.toFixed(2)}`);
      // The product's own vector search over so few passages finds nearly what the exact one does.
      expect(overlap).toBeGreaterThan(0.8);
    }
  } finally {
    rmSync(lab, { recursive: true });
  }
});
