import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkExport, documentIn } from '../../../core/export/read-export.ts';
import { asParts, exportOf, exportPartsOf, fillTenant } from '../../core/export/sample-tenant.ts';
import { openTestState } from '../../core/sqlite/temporary-state.ts';
import type { TamperTarget } from './target.ts';
import { turnBitOf } from './turned-bit.ts';

const PART = 'kinkeeper-export-1-of-1.zip';
const file = (folder: string) => join(folder, PART);

/** One part of an export, read as an import does before it writes anything. */
export const exported: TamperTarget = {
  name: 'export',
  async setUp(folder) {
    mkdirSync(folder);
    using state = await openTestState(join(folder, 'state'));
    state.control.people.add({ id: '@ada:home.test', role: 'member', language: 'en' });
    const ada = state.control.people.callerFor('@ada:home.test')!;
    fillTenant(state, ada);
    const [part] = await exportOf(exportPartsOf(state), ada);
    writeFileSync(file(folder), part!);
  },
  tamper: (folder, random) => turnBitOf(file(folder), random),
  async read(folder) {
    const checked = await checkExport(asParts([readFileSync(file(folder))]));
    const texts = [];
    for (const { pieces } of checked.documents) {
      for (const { part, file } of pieces) texts.push(documentIn(part.name, await part.open(), file));
    }
    const { person, madeAt, marked, settings } = checked;
    return JSON.stringify({ person, madeAt, marked, settings, texts });
  },
  reasons: ['export-damaged', 'export-foreign'],
};
