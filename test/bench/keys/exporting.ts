import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { makePart, type PackExport, planExport } from '../../../bot/export/make-export.ts';
import { writeSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { exportPartsOf } from '../../core/export/sample-tenant.ts';
import { type Compared, onBoth, Rounds } from './figures.ts';
import type { Twins } from './twins.ts';

const LIMIT = 50_000_000;
const PASSWORD = 'abcde-fghjk-mnpqr-stuvw';

/** `part`: milliseconds per part; megabytes of all parts as they are sent, and of the files inside before they are packed. */
export interface ExportFigures {
  readonly parts: number;
  readonly sentMegabytes: number;
  readonly packedMegabytes: number;
  readonly planMs: number;
  readonly part: Compared;
}

/**
 * Makes a person's whole export, part by part: from the sealed store into sealed ZIPs, and from the other into the same ZIPs
 * without a password. Sending is not counted. Each part is a round.
 */
export async function exporting(twins: Twins): Promise<ExportFigures> {
  const signal = new AbortController().signal;
  let [sent, packed] = [0, 0];
  const counting: PackExport = async (files, how) => {
    packed += files.reduce((total, { bytes }) => total + bytes.length, 0);
    const zip = await writeSealedZip(files, how);
    sent += zip.length;
    return zip;
  };
  const parts = {
    sealed: exportPartsOf(twins.sealed.state, { pack: counting }),
    plain: exportPartsOf(twins.plain.state, { pack: openZip }),
  };
  const started = performance.now();
  const plan = await planExport(parts.sealed, twins.sealed.caller, { limit: LIMIT, signal });
  const planMs = performance.now() - started;
  const rounds = new Rounds();
  for (let part = 1; part <= plan.parts.length; part++) {
    const order = { id: 'e'.repeat(32), madeAt: 1, password: PASSWORD, part };
    const took = await onBoth(part, (side) => makePart(parts[side], twins[side].caller, { plan, order, signal }));
    rounds.add(part - 1, took);
  }
  return {
    ...{ parts: plan.parts.length, sentMegabytes: sent / 1e6, packedMegabytes: packed / 1e6, planMs },
    part: rounds.compared(),
  };
}

/** The same ZIP as `writeSealedZip` makes, without password and seal. */
const openZip: PackExport = async (files) => {
  configure({ useWebWorkers: false });
  const zip = new ZipWriter(new Uint8ArrayWriter(), { level: 6 });
  for (const { name, bytes } of files) await zip.add(name, new Uint8ArrayReader(bytes));
  return Buffer.from(await zip.close());
};
