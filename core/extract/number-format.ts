import * as XLSX from '@e965/xlsx';

/** Excel cuts longer ones. */
const LONGEST_FORMAT = 255;
const DATE = 'yyyy-mm-dd';
const BUILT_IN: Readonly<Record<number, string>> = XLSX.SSF.get_table();
/** Dates that follow the language of whoever opens the file, which the file does not tell, are written as ISO has them. */
const BY_LOCALE: ReadonlyMap<string, string> = new Map([
  ['m/d/yy', DATE],
  ['m/d/yy h:mm', `${DATE} hh:mm`],
]);
/** Built-in formats of East Asian editions, dates all of them. */
const ASIAN_DATES: ReadonlySet<number> = new Set([27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58]);

/** Format code of a built-in number format (ECMA-376 part 1, 18.8.30); "General" for one that is not known. */
export function builtInFormat(id: number): string {
  return BUILT_IN[id] ?? (ASIAN_DATES.has(id) ? DATE : 'General');
}

/** A number of a sheet as people see it under its format code: dates as dates, amounts with their currency. */
export function formatNumber(value: number, code: string, date1904 = false): string {
  if (code === '' || code === 'General') return general(value);
  const known = BY_LOCALE.get(code) ?? code.slice(0, LONGEST_FORMAT);
  try {
    // The library takes the point behind a day ("dd.mm.yyyy") for one before parts of a second.
    const text: string = XLSX.SSF.format(known.replace(/(?<=[dmyhs])\.(?![0#?])/gi, '\\.'), value, { date1904 });
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
