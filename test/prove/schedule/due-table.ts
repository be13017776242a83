const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/**
 * When cron expressions are due in a zone, by looking at each minute there is. Shares nothing with the product: the zone
 * comes from `Intl`, the fields are read here, and due times are found by counting, not by reckoning.
 */
export class DueTable {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();
  /** The offset of a whole day; null when it changes. */
  readonly #days = new Map<number, number | null>();
  /** By year, the offset of each minute in minutes, beginning with the last before the year. */
  readonly #minutes = new Map<number, Int16Array>();
  readonly #lists = new Map<string, Map<number, readonly number[]>>();

  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  }

  /** The latest due moment up to `now`; undefined when there is none in eight years. */
  last(expression: string, now: number): number | undefined {
    const year = new Date(now).getUTCFullYear();
    for (let back = 0; back <= 8; back++) {
      const list = this.#inYear(expression, year - back);
      const found = list[countUpTo(list, now) - 1];
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The first due moment after `now`. */
  next(expression: string, now: number): number | undefined {
    const year = new Date(now).getUTCFullYear();
    for (let ahead = 0; ahead <= 8; ahead++) {
      const list = this.#inYear(expression, year + ahead);
      const found = list[countUpTo(list, now)];
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Moment as people there read it: "2027-03-28 03:30". */
  local(at: number): string {
    return new Date(at + this.#offset(at)).toISOString().slice(0, 16).replace('T', ' ');
  }

  #inYear(expression: string, year: number): readonly number[] {
    const lists = this.#lists.get(expression) ?? new Map<number, readonly number[]>();
    this.#lists.set(expression, lists);
    const list = lists.get(year) ?? this.#search(fieldsOf(expression), year);
    lists.set(year, list);
    return list;
  }

  #search(fits: Fits, year: number): number[] {
    const from = Date.UTC(year, 0, 1);
    const offsets = this.#offsetsOf(year);
    const found = new Set<number>();
    for (let place = 1; place < offsets.length; place++) {
      const at = from + (place - 1) * MINUTE;
      const offset = offsets[place]! * MINUTE;
      const before = offsets[place - 1]! * MINUTE;
      // The clock is put forward: what would have stood on it until now comes as much later.
      for (let skipped = 0; skipped < offset - before; skipped += MINUTE)
        if (fits.time(at + skipped + before)) found.add(at + skipped);
      if (fits.time(at + offset) && (fits.isEveryHour || !this.#cameBefore(at))) found.add(at);
    }
    return [...found].sort((one, other) => one - other);
  }

  #offsetsOf(year: number): Int16Array {
    let offsets = this.#minutes.get(year);
    if (offsets === undefined) {
      const [from, until] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
      offsets = new Int16Array((until - from) / MINUTE + 1).map(
        (_, place) => this.#offset(from + (place - 1) * MINUTE) / MINUTE,
      );
      this.#minutes.set(year, offsets);
    }
    return offsets;
  }

  /** Whether the clock showed the same before, because it was put back since. */
  #cameBefore(at: number): boolean {
    const shown = at + this.#offset(at);
    const before = this.#offset(at - 180 * MINUTE);
    if (before <= this.#offset(at)) return false;
    const first = shown - before;
    return first < at && first + this.#offset(first) === shown;
  }

  /** Local time less UTC. Within a day that begins and ends alike it is the same. */
  #offset(at: number): number {
    const day = Math.floor(at / DAY) * DAY;
    let all = this.#days.get(day);
    if (all === undefined) {
      const [begin, end] = [this.#exact(day), this.#exact(day + DAY)];
      all = begin === end ? begin : null;
      this.#days.set(day, all);
    }
    return all ?? this.#exact(Math.floor(at / (15 * MINUTE)) * 15 * MINUTE);
  }

  #exact(at: number): number {
    const known = this.#offsets.get(at);
    if (known !== undefined) return known;
    const part: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(at)) part[type] = Number(value);
    const shown = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
    this.#offsets.set(at, shown - at);
    return shown - at;
  }
}

/** How many of an ascending list are not above a value. */
function countUpTo(list: readonly number[], value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Fits {
  /** Whether a local time, written as if it were UTC, fits. */
  readonly time: (local: number) => boolean;
  readonly isEveryHour: boolean;
}

function fieldsOf(expression: string): Fits {
  const [minutes, hours, days, months, weekdays] = expression.split(' ').map(fieldOf);
  return {
    isEveryHour: hours === undefined,
    time(local) {
      const minute = Math.floor(local / MINUTE) % 60;
      if (minutes && !minutes.has(minute)) return false;
      const hour = Math.floor(local / (60 * MINUTE)) % 24;
      if (hours && !hours.has(hour)) return false;
      const date = new Date(local);
      return (
        (!days || days.has(date.getUTCDate())) &&
        (!months || months.has(date.getUTCMonth() + 1)) &&
        (!weekdays || weekdays.has(date.getUTCDay()))
      );
    },
  };
}

/** The numbers that a field allows; undefined for all. Reads "*", "*\/20", "1,3", "1-6". */
function fieldOf(field: string): ReadonlySet<number> | undefined {
  if (field === '*') return undefined;
  const step = /^\*\/(\d+)$/.exec(field);
  if (step) return new Set(Array.from({ length: 60 }, (_, at) => at).filter((at) => at % Number(step[1]) === 0));
  return new Set(
    field.split(',').flatMap((part) => {
      const [from, to = from] = part.split('-').map(Number);
      return Array.from({ length: to! - from! + 1 }, (_, at) => from! + at);
    }),
  );
}
