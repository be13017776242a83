/** Nothing is put off for longer (milliseconds): ninety days. What says so was put off by a clock that was ahead. */
export const MOST_SNOOZE_MS = 90 * 86_400_000;

/** How loud an alert is in the ops room. */
export type Severity = 'info' | 'warning' | 'critical';

/** What an alert may say: counts, sizes, ids of machines and people, never anyone's words. */
export type AlertFacts = Readonly<Record<string, string | number>>;

/** An alert as raised. `code` names an entry of the wording catalogue (`alert.<code>`). `key` makes repeats one alert while it is open. */
export interface NewAlert {
  readonly code: string;
  readonly severity: Severity;
  readonly key?: string;
  readonly facts?: AlertFacts;
}

/** A stored alert. `repeats` counts how often the same key was raised while it was open. Times in milliseconds since 1970. */
export interface Alert extends Required<NewAlert> {
  readonly id: number;
  readonly raisedAt: number;
  /** When it was raised the last time. */
  readonly lastAt: number;
  /** When its message had reached the homeserver. */
  readonly deliveredAt: number | null;
  readonly clearedAt: number | null;
  readonly repeats: number;
  /** It came and went so often that it counts as one that keeps doing so; over once it has been away for an hour. */
  readonly isFlapping: boolean;
  /** When an admin took note of it: no reminders any more. */
  readonly acknowledgedAt: number | null;
  /** Until when nobody wants to hear of it. */
  readonly snoozedUntil: number | null;
}

/** True while what it tells goes on. One without a key is news of a moment: it has no end. */
export function isOpen({ key, clearedAt }: Pick<Alert, 'key' | 'clearedAt'>): boolean {
  return key !== '' && clearedAt === null;
}

/** How people name an alert: "A12". `alertNamed` reads it back. */
export function alertReference(id: number): string {
  return `A${id}`;
}

/** The id that a reference names ("A12", "a12", "12", "#12"); undefined for anything else. */
export function alertNamed(reference: string): number | undefined {
  const digits = /^[a#]?(\d{1,9})$/i.exec(reference.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * What there is to tell of an alert. `raised`: it is new. `flapping`: it keeps coming and going. `again`: the time for which
 * it was put off is over and it goes on. `reminder`: it is urgent, a day old, and nobody took note. `over`: it has ended.
 */
export type AlertNews = 'raised' | 'flapping' | 'again' | 'reminder' | 'over';

/** Something that the ops room has to be told. */
export interface AlertNotice {
  readonly alert: Alert;
  readonly news: AlertNews;
}

/** How an alert leaves the house when Matrix does not carry it. */
export type SecondWay = 'mail' | 'webhook';

/** Where alerts live until the bot has delivered them to the ops room. Implemented by core/sqlite. */
export interface AlertLog {
  raise(alert: NewAlert): void;
  /** Ends an open alert by key, so that the next raise is news again. Returns false when none was open. */
  clear(key: string): boolean;
  /** Those whose message has not reached the homeserver, but for what was put off. Oldest first. */
  undelivered(): Alert[];
  markDelivered(id: number): void;
  /** What there is to tell now, oldest alert first; asked for by the bot, again and again. */
  due(): AlertNotice[];
  /** This was told, or is safely on its way. `raised` is told when the message has arrived: that is `markDelivered`. */
  markTold(id: number, news: Exclude<AlertNews, 'raised'>): void;
  /** undefined when there is none of this id (any more). */
  find(id: number): Alert | undefined;
  /** Those whose matter goes on, oldest first. */
  open(): Alert[];
  /** An admin took note: no reminders. False when it is not open. */
  acknowledge(id: number): boolean;
  /** Nobody wants to hear of it until then, also when it ends and comes again. False when it is not open. */
  snooze(id: number, until: number): boolean;
  /** Undelivered ones that go on (or are news of a moment) and were not sent by this way yet. Oldest first. */
  leftFor(way: SecondWay): Alert[];
  /** It left by this way. */
  markSent(id: number, way: SecondWay): void;
  /** Those that are over and left by this way, which did not say that yet. Oldest first. */
  overFor(way: SecondWay): Alert[];
  /** That it is over left by this way, too. */
  markOverSent(id: number, way: SecondWay): void;
  /** Newest first. */
  recent(limit: number): Alert[];
  /** Removes alerts that were raised before a time, delivered, and are over (or never open). Returns how many. */
  removeBefore(time: number): number;
}
