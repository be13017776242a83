import * as XLSX from '@e965/xlsx';

/** Excel cuts longer ones. */
const LONGEST_FORMAT = 255;
/** Built-in formats that follow the language of whoever opens the file, which the file does not tell: dates are written as ISO has them. */
const BY_LOCALE: ReadonlyMap<number, string> = new Map([
  [14, 'yyyy-mm-dd'],
  [22, 'yyyy-mm-dd hh:mm'],
  ...[27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id) => [id, 'yyyy-mm-dd'] as const),
]);

/** A number of a sheet as people see it: dates as dates, amounts with their currency. `code` is the cell's own format, `id` a built-in one. */
export function formatNumber(
  value: number,
  format: { id: number; code: string | undefined; date1904: boolean },
): string {
  const { id, date1904 } = format;
  const code = format.code ?? BY_LOCALE.get(id);
  if (id === 0 && (code === undefined || code === 'General')) return general(value);
  try {
    const text: string = XLSX.SSF.format(code === undefined ? id : code.slice(0, LONGEST_FORMAT), value, { date1904 });
    // A format may show nothing (";;;") or only a sign; the value is what people ask for.
    return /[\p{L}\p{N}]/u.test(text) ? text : general(value);
  } catch {
    return general(value);
  }
}

/** As Excel shows numbers without a format: at most 11 digits, no leftovers of binary fractions. */
function general(value: number): string {
  return XLSX.SSF.format('General', value);
}
