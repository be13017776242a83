import { expect, it } from 'vitest';
import type { Ratio } from './keys/figures.ts';
import type { KeysReport } from './keys/show-report.ts';
import { runBench } from './run-bench.ts';

const isRatio = ({ median, lowest, highest }: Ratio) =>
  lowest > 0 && lowest <= median && median <= highest && Number.isFinite(highest);

it('bench:keys measures sealed and unencrypted side by side, and the life of keys, in tables and in JSON', async () => {
  const { code, lines, figures } = await runBench('keys.ts', ['--json', '--passages', '600', '--questions', '1']);
  expect(code).toBe(0);
  const { ingest, search, exports, copies, rotations, erase } = figures[0] as unknown as KeysReport;
  for (const { cpu, clock } of [...Object.values(ingest), ...Object.values(search), exports.part, copies.copy])
    expect([cpu, clock].every(isRatio)).toBe(true);
  expect(lines.filter((line) => /^(?:ingest,|a question|export, a part|copy of)/.test(line))).toHaveLength(6);
  expect(Object.values(copies.phases).every((ms) => ms > 0)).toBe(true);
  expect(exports.packedMegabytes).toBeGreaterThan(exports.sentMegabytes);
  expect(rotations).toMatchObject([
    { copies: 1, writes: 0, sentAway: 0 },
    { meanwhile: 'somebody writes all the time' },
  ]);
  // Three of two passages each were added, so that something of every kind is erased.
  expect(erase.passages).toBe(606);
  const steps = erase.steps.map(({ step }) => step);
  expect(steps).toEqual(expect.arrayContaining(['count', 'shred', 'receipt', 'bury']));
}, 300_000);
