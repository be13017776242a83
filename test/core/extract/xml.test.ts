import { expect, test } from 'vitest';
import { readXml, xmlTree } from '../../../core/extract/xml.ts';

const refused = (reason: string) => expect.objectContaining({ reason });

test.each([
  '<!DOCTYPE a><a/>',
  '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
  '<!DOCTYPE a [<!ENTITY b "c">]><a>text</a>',
])('a document type is refused, whatever it says: %s', (xml) => {
  expect(() => readXml(Buffer.from(xml), {})).toThrow(refused('file-damaged'));
  expect(() => xmlTree(Buffer.from(xml))).toThrow(refused('file-damaged'));
});

test('an entity that no XML document has by itself is an error', () => {
  expect(() => readXml(Buffer.from('<a>&b;</a>'), {})).toThrow();
});

test('elements in one another without end are refused', () => {
  expect(() => readXml(Buffer.from('<a>'.repeat(100_000)), {})).toThrow(refused('file-too-hard'));
});

test('more elements than can be held are refused', () => {
  expect(() => xmlTree(Buffer.from(`<a>${'<b/>'.repeat(600_000)}</a>`))).toThrow(refused('file-too-hard'));
});
