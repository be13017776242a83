import { Refusal } from '../ingest/extractor.ts';
import { attribute, findAll, xmlTree } from './xml.ts';
import type { ZipParts } from './zip.ts';

/** A link from one part of an Office Open XML file to another: `target` is the name of a part, `type` the last word of its address. */
export interface Relation {
  readonly id: string;
  readonly type: string;
  readonly target: string;
}

/** What a part refers to inside of the file (ECMA-376 part 2, 9.3); links to the outside are left out. */
export function relationsOf(parts: ZipParts, part: string): Relation[] {
  const slash = part.lastIndexOf('/') + 1;
  const rels = parts.read(`${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`);
  if (rels === undefined) return [];
  return findAll(xmlTree(rels), 'Relationship')
    .filter(({ attributes }) => attribute(attributes, 'TargetMode') !== 'External')
    .map(({ attributes }) => ({
      id: attribute(attributes, 'Id'),
      type: attribute(attributes, 'Type').split('/').at(-1)!,
      target: resolved(part.slice(0, slash), attribute(attributes, 'Target')),
    }));
}

/** The main part of the file ("xl/workbook.xml"), as the package says, or where it usually is. Throws Refusal when it is not there. */
export function mainPart(parts: ZipParts, usual: string): string {
  const named = relationsOf(parts, '').find(({ type }) => type === 'officeDocument')?.target;
  const main = named !== undefined && parts.has(named) ? named : usual;
  if (!parts.has(main)) throw new Refusal('file-damaged');
  return main;
}

function resolved(folder: string, target: string): string {
  const steps = target.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const step of target.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}
