import { strToU8, unzipSync, zipSync } from 'fflate';
import type { Seed } from './hostile-seeds.ts';

/** Chance, and the seeds to take strange parts from. */
export interface Spoiling {
  readonly random: () => number;
  readonly seeds: readonly Seed[];
}

type Mutation = (seed: Seed, spoiling: Spoiling) => Buffer;

const XXE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://127.0.0.1:9/x">]>';
const LAUGHS = `<!DOCTYPE r [<!ENTITY a "lol">${'bcdefghij'
  .split('')
  .map((name, i) => `<!ENTITY ${name} "${`&${'abcdefghi'[i]};`.repeat(10)}">`)
  .join('')}]>`;
const PATHS = [
  '../../../../tmp/escaped.txt',
  '/tmp/escaped.txt',
  'C:\\escaped.txt',
  '..\\..\\escaped.txt',
  'a\0b',
  `${'x/'.repeat(3000)}y`,
];
const MAGICS = [
  '%PDF-1.7\n',
  'PK\x03\x04',
  '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
  '{\\rtf1',
  '<html>',
  'GIF89a',
  '\x89PNG\r\n\x1a\n',
  'From: a\nMIME-Version: 1.0\n\n',
  '\xff\xfe',
  'BEGIN:VCALENDAR\n',
];
const SIZES = [0xffffffff, 0x7fffffff, 0x80000000, 0, 0xffff, 0x10000000];

/** Every way to spoil a file, by name. The structured ones leave files alone that are no archive or hold no figure. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  truncated: ({ bytes }, { random }) => copy(bytes.subarray(0, place(bytes, random))),
  'bits flipped': ({ bytes }, { random }) =>
    changed(bytes, (to) => {
      for (let i = below(20, random); i >= 0; i--) to[place(to, random)]! ^= 1 << below(8, random);
    }),
  'noise in it': ({ bytes }, { random }) => changed(bytes, (to) => noise(part(to, random, 400), random)),
  'zeros in it': ({ bytes }, { random }) => changed(bytes, (to) => part(to, random, 2000).fill(0)),
  'a part missing': ({ bytes }, { random }) => {
    const at = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + below(500, random))]);
  },
  'a part many times': ({ bytes }, { random }) => {
    const [at, size] = [place(bytes, random), below(300, random)];
    const repeated = Array.from({ length: 1 + below(200, random) }, () => bytes.subarray(at, at + size));
    return Buffer.concat([bytes.subarray(0, at), ...repeated, bytes.subarray(at)]);
  },
  'head of one, tail of another': ({ bytes }, { random, seeds }) => {
    const other = pick(seeds, random).bytes;
    return Buffer.concat([bytes.subarray(0, place(bytes, random)), other.subarray(place(other, random))]);
  },
  polyglot: ({ bytes }, { random, seeds }) =>
    Buffer.concat([Buffer.from(pick(MAGICS, random), 'latin1'), bytes, pick(seeds, random).bytes]),
  'lying sizes': ({ bytes }, { random }) =>
    changed(bytes, (to) => {
      for (let i = below(6, random); i >= 0 && to.length > 8; i--)
        to.writeUInt32LE(pick(SIZES, random), below(to.length - 4, random));
    }),
  'huge figures': ({ bytes }, { random }) =>
    Buffer.from(
      bytes
        .toString('latin1')
        .replace(/\d+/g, (figure) => (random() < 0.05 ? '9'.repeat(1 + below(20, random)) : figure)),
      'latin1',
    ),
  'another ending': ({ bytes }) => copy(bytes),
  'entities in its XML': (seed, spoiling) => remade(seed, spoiling, (xml) => withDoctype(xml, LAUGHS, '&j;')),
  'outside references in its XML': (seed, spoiling) => remade(seed, spoiling, (xml) => withDoctype(xml, XXE, '&x;&y;')),
  'bits flipped in a member': (seed, spoiling) =>
    remade(seed, spoiling, (member) => MUTATIONS['bits flipped']!({ name: '', bytes: Buffer.from(member) }, spoiling)),
  'paths as names': ({ bytes, name }, { random }) =>
    rezipped(bytes, (parts) => {
      for (const path of PATHS) parts[random() < 0.5 ? path : `${path}${name}`] = strToU8('escaped?');
    }),
};

/** A name for the spoilt file; the ending is a hint that may lie too. */
export function spoiltName(seed: Seed, mutation: string, { random, seeds }: Spoiling): string {
  return mutation === 'another ending' ? `a.${pick(seeds, random).name.split('.').pop()}` : seed.name;
}

function withDoctype(xml: Uint8Array, doctype: string, reference: string): Uint8Array {
  const text = Buffer.from(xml).toString('utf8');
  const body = text.replace(/^<\?xml[^>]*\?>/, '');
  return strToU8(`<?xml version="1.0"?>${doctype}${body.replace(/>([^<]{2,})</, `>${reference}$1<`)}`);
}

/** A member spoilt, and the archive packed again; files that are no archive are spoilt as if they were one member. */
function remade({ bytes }: Seed, { random }: Spoiling, spoil: (member: Uint8Array) => Uint8Array): Buffer {
  if (!isZip(bytes)) return Buffer.from(spoil(bytes));
  return rezipped(bytes, (parts) => {
    const names = Object.keys(parts).filter((name) => /\.(?:xml|rels|opf|xhtml|txt)$/.test(name));
    const name = names.length > 0 ? pick(names, random) : Object.keys(parts)[0];
    if (name !== undefined) parts[name] = spoil(parts[name]!);
  });
}

function rezipped(bytes: Buffer, change: (parts: Record<string, Uint8Array>) => void): Buffer {
  const parts = isZip(bytes) ? unzipSync(bytes) : { 'a.bin': bytes };
  change(parts);
  return Buffer.from(zipSync(parts));
}

function isZip(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 4) === 'PK\x03\x04';
}

function copy(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}

function changed(bytes: Buffer, change: (to: Buffer) => void): Buffer {
  const to = copy(bytes);
  change(to);
  return to;
}

function noise(to: Buffer, random: () => number): void {
  for (let i = 0; i < to.length; i++) to[i] = below(256, random);
}

function part(bytes: Buffer, random: () => number, most: number): Buffer {
  const at = place(bytes, random);
  return bytes.subarray(at, at + 1 + below(most, random));
}

function place(bytes: Uint8Array, random: () => number): number {
  return below(bytes.length, random);
}

function below(limit: number, random: () => number): number {
  return Math.floor(random() * limit);
}

/** One of a list, by chance. */
export function pick<T>(list: readonly T[], random: () => number): T {
  return list[below(list.length, random)]!;
}
