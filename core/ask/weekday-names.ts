import { FROM_TO } from './from-to.ts';

/** A day of the week in a text: 1 is Monday, 7 Sunday. UTF-16 offsets, end exclusive. */
export interface NamedDay {
  readonly day: number;
  readonly start: number;
  readonly end: number;
}

/** Beginnings of the names from Monday on, as parts of a pattern; endings ("Mondays", "montags", "в среду") may follow. */
const NAMES = [
  `monday|montag|lundi|lunes|lunedì|segunda-feira|maandag|poniedziałe?k|pazartesi|понедельник|الا?[إا]ثنين|الإثنين|(?:星期|周|礼拜)一|δευτέρα`,
  `tuesday|dienstag|mardi|martes|martedì|terça-feira|dinsdag|wtore?k|salı(?!n)|вторник|الثلاثاء|(?:星期|周|礼拜)二|τρίτη`,
  `wednesday|mittwoch|mercredi|miércoles|mercoledì|quarta-feira|woensdag|środ(?=a|ę|y|ą|zie)|çarşamba|сред(?=а|у|ы|ам)|الأربعاء|(?:星期|周|礼拜)三|τετάρτη`,
  `thursday|donnerstag|jeudi|jueves|giovedì|quinta-feira|donderdag|czwarte?k|perşembe|четверг|الخميس|(?:星期|周|礼拜)四|πέμπτη`,
  `friday|freitag|vendredi|viernes|venerdì|sexta-feira|vrijdag|piąte?k|cuma(?!r)|пятниц|الجمعة|(?:星期|周|礼拜)五|παρασκευή`,
  `saturday|samstag|sonnabend|samedi|sábado|sabato|zaterdag|sobot|cumartesi|суббот|السبت|(?:星期|周|礼拜)六|σάββατο`,
  `sunday|sonntag|dimanche|domingo|domenica|zondag|niedziel|pazar(?!t|l|a?c)|воскресен|(?:星期|周|礼拜)[日天]|κυριακή|يوم الأحد`,
] as const;

/** Short forms, which count with a full stop, a number, a bar or another day behind them; "sun" and "do" are words elsewhere. */
const SHORT = [
  'mon|mo|lun|pon|pzt|пн',
  'tues|tue|di|mar|wt|sal|вт',
  'weds|wed|mi|mer|mié|śr|çar|ср',
  'thurs|thur|thu|do|jeu|jue|gio|czw|per|чт',
  'fri|fr|ven|vie|pt|cum|пт',
  'sat|sa|sam|sáb|sab|sob|cmt|сб',
  'sun|so|dim|dom|nd|paz|вс',
] as const;

/** All seven, where a text says so. */
const ALWAYS =
  /(?<!\p{L})(?:every day|daily|seven days|täglich|jeden tag|tous les jours|todos los días|ogni giorno|todos os dias|dagelijks|codziennie|her ?gün|ежедневно|каждый день)(?!\p{L})|每天|يوميا/iu;

/** Chinese is written without blanks between words. */
const ALONE = String.raw`(?<!(?!\p{sc=Han})\p{L})`;
const LONG = new RegExp(
  String.raw`${ALONE}(?:${NAMES.map((names) => `(${names})`).join('|')})(?:['’]?(?:(?!\p{sc=Han})\p{L}){0,12})?`,
  'giu',
);
const ABBREVIATED = new RegExp(
  String.raw`${ALONE}(?:${SHORT.map((names) => `(${names})`).join('|')})(?:\.|(?=\s*(?:[-–—|:,/&+]|\d|und |and )))`,
  'giu',
);
/** What stands between days of one list. */
const LIST = /^[\s,;/&+.]*(?:und|and|et|y|e|i|ve|и|or|oder|ou|o|lub|veya|или)?[\s,]*$/iu;

/** The days of the week that a text names in full, in every language that the product knows. */
export function daysNamed(text: string): NamedDay[] {
  return found(text, LONG);
}

/** Days that stand together, with those between the first and the last of a stretch: "Mon-Wed and Friday" are four. */
export interface DayGroup {
  readonly days: ReadonlySet<number>;
  readonly start: number;
  readonly end: number;
}

/** The days of a text that answers rest on, short forms too, in groups by place. */
export function dayGroups(text: string): DayGroup[] {
  // "di 30 giorni" is no Tuesday, "Di 14 Uhr" is one.
  const short = found(text, ABBREVIATED).filter(({ start }) =>
    /^(?:\p{Lu}|\p{Ll}{3})/u.test(text.slice(start, start + 3)),
  );
  const all = [...found(text, LONG), ...short].sort((a, b) => a.start - b.start);
  const groups: { days: Set<number>; start: number; end: number }[] = [];
  let last: number | undefined;
  for (const { day, start, end } of all) {
    const group = groups.at(-1);
    const between = group && text.slice(group.end, start);
    if (group && last !== undefined && between !== undefined && (FROM_TO.test(between) || LIST.test(between))) {
      if (FROM_TO.test(between)) for (let at = last; at !== day; at = (at % 7) + 1) group.days.add(at);
      group.days.add(day);
      group.end = end;
    } else groups.push({ days: new Set([day]), start, end });
    last = day;
  }
  const always = ALWAYS.exec(text);
  if (always) groups.push({ days: new Set([1, 2, 3, 4, 5, 6, 7]), start: always.index, end: always.index });
  return groups;
}

function found(text: string, pattern: RegExp): NamedDay[] {
  return [...text.matchAll(pattern)].map((match) => ({
    day: match.slice(1).findIndex((name) => name !== undefined) + 1,
    start: match.index,
    end: match.index + match[0].length,
  }));
}
