import { describe, expect, it } from 'vitest';
import { isGenericName, isRegularName } from '../../../core/ingest/telling-name.ts';

describe('a name', () => {
  it.each([
    'scan',
    'Scan_0042',
    'IMG_20240102_113000',
    'document',
    'Dokument 3',
    'image (2)',
    '2024-01-02',
    'WhatsApp Image 2024',
    'Rechnung',
    'invoice 12',
    'Vertrag',
    'my contract (signed)',
    'letter',
    'Brief',
    'Kontoauszug',
    'Kündigung_final',
    'reçu',
    'facture',
    'Factura',
    'umowa',
    'счет',
    'fatura',
    'Τιμολόγιο',
    'Geburtsurkunde',
    'Lebenslauf',
  ])('%s says nothing', (name) => expect(isGenericName(name)).toBe(true));

  it.each([
    'rent',
    'Scan of the deed',
    'Bildung',
    'energy_bill_2024-01',
    'Rechnung Stadtwerke',
    'Mietvertrag',
    'contract gym',
  ])('%s says something', (name) => expect(isGenericName(name)).toBe(false));

  it.each([
    'energy_bill',
    'Stromrechnung',
    'Sparkasse Kontoauszug',
    'Acorn newsletters',
    'Facture EDF',
  ])('%s is that of papers which come again', (name) => expect(isRegularName(name)).toBe(true));

  it.each(['rent', 'Mietvertrag', 'billing terms', 'speech rosie'])('%s is not', (name) =>
    expect(isRegularName(name)).toBe(false));
});
