import { expect, test } from 'vitest';
import { sniff } from '../../../core/extract/sniff.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

test.each<[string, Buffer, string, string]>([
  ['PDF', latin1('%PDF-1.7\n%\xe2\xe3'), 'txt', 'pdf'],
  ['PDF behind noise', latin1('\0\x01\x02%PDF-1.7\n'), 'txt', 'pdf'],
  ['a text about PDF', latin1('A file begins with %PDF-1.7'), 'pdf', 'txt'],
  ['ZIP', latin1('PK\x03\x04\x14\0'), 'pdf', 'zip'],
  ['PNG', latin1('\x89PNG\r\n\x1a\n\0\0'), 'txt', 'image'],
  ['JPEG', latin1('\xff\xd8\xff\xe0\0\x10JFIF\0'), 'txt', 'image'],
  ['a program', latin1('MZ\x90\0\x03\0'), 'txt', 'other'],
  ['a script', latin1('#!/bin/sh\nrm -rf /'), 'sh', 'txt'],
  ['RTF', latin1('{\\rtf1 a}'), 'txt', 'rtf'],
  ['RTF called Word', latin1('{\\rtf1 a}'), 'doc', 'rtf'],
  ['a mail', latin1('Received: by a\r\nFrom: b\r\n\r\n\0\x01'), 'txt', 'eml'],
  ['a draft called .eml', latin1('To: b\nSubject: c\n\nHi'), 'eml', 'eml'],
  ['a note with a word and a colon', latin1('To: buy milk\n\nMIME-Version: 1.0'), 'txt', 'txt'],
  ['a calendar', latin1('BEGIN:VCALENDAR\r\n'), 'txt', 'ics'],
  ['a card', latin1('begin:vcard\nfn:a'), 'txt', 'vcf'],
  [
    'a workbook in XML',
    latin1(
      '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    ),
    'xml',
    'xls',
  ],
  ['a list called Excel', latin1('a\tb\n1\t2'), 'xls', 'csv'],
  ['XML', latin1('<?xml version="1.0"?><a/>'), 'txt', 'other'],
  ['XHTML', latin1('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">'), 'txt', 'html'],
  ['HTML by its name', latin1('<p>Hallo</p>'), 'htm', 'html'],
  ['HTML in UTF-16', Buffer.from('\ufeff<html><p>x', 'utf16le'), 'txt', 'html'],
  ['text in UTF-16, which looks like sound', Buffer.from('\ufeffHallo', 'utf16le'), 'mp3', 'txt'],
  ['words that begin like a picture', latin1('BMW f\xe4hrt'), 'bmp', 'txt'],
  ['tabs and form feeds', latin1('a\tb\f\r\n'), 'csv', 'csv'],
])('%s', (_, bytes, extension, kind) => {
  expect(sniff(bytes, extension)).toBe(kind);
});
