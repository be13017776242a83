import type { CopyFigures } from './copying.ts';
import type { EraseFigures } from './erasing.ts';
import type { ExportFigures } from './exporting.ts';
import type { Compared, Ratio } from './figures.ts';
import type { RotationFigures } from './rotating.ts';

/** The most that sealing may cost, as a ratio to the same store without encryption. */
export const AIM = 1.1;

/** Everything that one run of `bench:keys` measured. */
export interface KeysReport {
  readonly bench: 'keys';
  readonly passages: number;
  readonly texts: string;
  readonly aim: number;
  readonly ingest: Readonly<Record<'store' | 'whole', Compared>>;
  readonly search: Readonly<Record<'builtIn' | 'all', Compared>>;
  readonly exports: ExportFigures;
  readonly unlock: Readonly<Record<'key' | 'stores', Ratio>>;
  readonly copies: CopyFigures;
  readonly rotations: readonly RotationFigures[];
  readonly masterMs: number;
  readonly erase: EraseFigures;
}

/** The report as tables, for people. */
export function showReport(report: KeysReport): string {
  const { ingest, search, exports, copies, unlock, masterMs } = report;
  return [
    `${report.passages} passages; texts: ${report.texts}. Sealed beside the same code without encryption, in turns.`,
    `Milliseconds by the clock and of CPU time, medians of rounds; ratio: sealed to plain, median (lowest to highest round). Aim for ingest and search: at most ${AIM}.`,
    '',
    `${'what'.padEnd(34)}${'sealed ms'.padStart(11)}${'plain ms'.padStart(11)}   ${'ratio by the clock'.padEnd(24)}${'CPU sealed'.padStart(11)}${'CPU plain'.padStart(11)}   ratio by CPU`,
    row('ingest, 250 passages: words, store', ingest.whole),
    row('ingest, 250 passages: store alone', ingest.store),
    row('a question: words, token vectors', search.builtIn),
    row('a question: dense vectors too', search.all),
    row('export, a part', exports.part),
    row(`copy of ${copies.megabytes.toFixed(0)} MB for a new key`, copies.copy),
    '',
    showExport(exports),
    `copy for a new key: ${rate(copies.megabytes, copies.copy.sealed.ms)} sealed, ${rate(copies.megabytes, copies.copy.plain.ms)} plain; sealed in phases: ${copies.phases.copied} ms checked and copied, ${copies.phases.rekeyed} ms put under the new key, ${copies.phases.checked} ms checked and brought to the disk`,
    ...report.rotations.map(showRotation),
    `new master key: ${masterMs.toFixed(0)} ms`,
    `unlocking: ${ms(unlock.key)} to the master key, ${ms(unlock.stores)} to opened stores`,
    '',
    ...showErase(report.erase),
  ].join('\n');
}

function row(name: string, { sealed, plain, clock, cpu }: Compared): string {
  const cell = (value: number) => value.toFixed(1).padStart(11);
  return `${name.padEnd(34)}${cell(sealed.ms)}${cell(plain.ms)}   ${ratio(clock).padEnd(24)}${cell(sealed.cpuMs)}${cell(plain.cpuMs)}   ${ratio(cpu)}`;
}

function ratio({ median, lowest, highest }: Ratio): string {
  return `${median.toFixed(2)} (${lowest.toFixed(2)} to ${highest.toFixed(2)})`;
}

function ms({ median, lowest, highest }: Ratio): string {
  return `${median.toFixed(0)} ms (${lowest.toFixed(0)} to ${highest.toFixed(0)})`;
}

function rate(megabytes: number, milliseconds: number): string {
  return `${((megabytes / milliseconds) * 1000).toFixed(1)} MB/s`;
}

function showExport({ parts, sentMegabytes, packedMegabytes, planMs, part }: ExportFigures): string {
  const [sealed, plain] = [part.sealed.ms * parts, part.plain.ms * parts];
  return `export: ${packedMegabytes.toFixed(0)} MB of files packed into ${sentMegabytes.toFixed(0)} MB in ${parts} parts, planned in ${planMs.toFixed(0)} ms; files ${rate(packedMegabytes, sealed)} sealed, ${rate(packedMegabytes, plain)} plain; as sent ${rate(sentMegabytes, sealed)} sealed`;
}

function showRotation(one: RotationFigures): string {
  return `new key of a person, ${one.meanwhile}: ${one.megabytes.toFixed(0)} MB in ${one.copies} copies, ${one.seconds.toFixed(1)} s, ${one.megabytesPerSecond.toFixed(1)} MB/s; longest stop of the process ${one.longestStopMs.toFixed(0)} ms; ${one.reads} reads, longest ${one.longestReadMs.toFixed(0)} ms; ${one.writes} writes, longest ${one.longestWriteMs.toFixed(0)} ms, ${one.sentAway} to be tried again`;
}

function showErase({ documents, passages, totalMs, steps, fileMegabytes, overwriteMs }: EraseFigures): string[] {
  return [
    `erasing a person with ${documents} documents, ${passages} passages: ${totalMs.toFixed(0)} ms`,
    ...steps.map(({ step, ms: took }) => `  ${step.padEnd(10)}${took.toFixed(1).padStart(10)} ms`),
    `  beside it: overwriting an unencrypted file of ${fileMegabytes.toFixed(0)} MB once and removing it: ${overwriteMs.toFixed(0)} ms`,
  ];
}
