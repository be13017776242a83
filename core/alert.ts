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

/** A stored alert. `repeats` counts how often the same key was raised while it was open. */
export interface Alert extends Required<NewAlert> {
  readonly id: number;
  readonly raisedAt: number;
  readonly deliveredAt: number | null;
  readonly clearedAt: number | null;
  readonly repeats: number;
}

/** Where alerts live until the bot has delivered them to the ops room. Implemented by core/sqlite. */
export interface AlertLog {
  raise(alert: NewAlert): void;
  /** Ends an open alert by key, so that the next raise is news again. Returns false when none was open. */
  clear(key: string): boolean;
  /** Oldest first. */
  undelivered(): Alert[];
  markDelivered(id: number): void;
  /** Newest first. */
  recent(limit: number): Alert[];
  /** Removes alerts that were raised before a time, delivered, and are over (or never open). Returns how many. */
  removeBefore(time: number): number;
}
