import type Database from 'better-sqlite3';
import {
  type Alert,
  type AlertFacts,
  type AlertLog,
  type AlertNotice,
  MOST_SNOOZE_MS,
  type NewAlert,
  type SecondWay,
} from '../alert.ts';
import type { Clock } from '../clock.ts';
import { transact } from './transact.ts';

const COLUMNS = `id, code, severity, key, facts, raised_at AS raisedAt, last_at AS lastAt, delivered_at AS deliveredAt,
  cleared_at AS clearedAt, repeats, flapping, acknowledged_at AS acknowledgedAt, snoozed_until AS snoozedUntil`;

const OPEN = `key <> '' AND cleared_at IS NULL`;
const HOUR_MS = 3_600_000;

/** What came and went so often within an hour keeps coming and going; it is over when it stayed away for as long. */
const FLAPPING = { times: 3, withinMs: HOUR_MS, quietMs: HOUR_MS } as const;

/** An urgent alert that nobody took note of is told again after so long. */
const REMIND_MS = 24 * HOUR_MS;

/** What was noted for later than this was noted by a clock that was ahead, and keeps nothing quiet until then. */
const AHEAD = `@now + ${HOUR_MS}`;
/** Put off, and not for longer than anybody can. */
const IS_QUIET = `coalesce(snoozed_until > @now AND snoozed_until <= @now + ${MOST_SNOOZE_MS}, FALSE)`;
/** When an urgent one was last told. */
const TOLD_AT = 'coalesce(reminded_at, delivered_at)';

/** What is due of an alert, in the order in which it would be told; see `AlertNews`. */
const DUE = `CASE
  WHEN delivered_at IS NULL THEN CASE WHEN NOT ${IS_QUIET} THEN 'raised' END
  WHEN key = '' THEN NULL
  WHEN cleared_at IS NOT NULL THEN CASE WHEN over_told_at IS NULL AND severity <> 'info' THEN 'over' END
  WHEN ${IS_QUIET} THEN NULL
  WHEN snoozed_until IS NOT NULL THEN 'again'
  WHEN flapping = 1 AND flapping_told_at IS NULL THEN 'flapping'
  WHEN severity = 'critical' AND acknowledged_at IS NULL
    AND (${TOLD_AT} <= @now - ${REMIND_MS} OR ${TOLD_AT} > ${AHEAD}) THEN 'reminder'
END`;

/** What is written when something was told. A day passes before the next reminder, whatever was told last. */
const TOLD = {
  flapping: 'flapping_told_at = @now, reminded_at = @now',
  again: 'snoozed_until = NULL, acknowledged_at = NULL, reminded_at = @now',
  reminder: 'reminded_at = @now',
  over: 'over_told_at = @now',
} as const;

type AlertRow = Omit<Alert, 'facts' | 'isFlapping'> & { facts: string; flapping: number };

/** Alerts in control.db: `AlertLog` of core. An alert without a key is news every time. */
export class AlertStore implements AlertLog {
  readonly #db: Database.Database;
  readonly #clock: Clock;

  constructor(db: Database.Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  raise(alert: NewAlert): void {
    const { code, severity, key = '', facts = {} } = alert;
    transact(this.#db, 'write', () => {
      if (key !== '' && (this.#repeat(key, facts) || this.#comeAgain(key, facts))) return;
      const now = this.#clock();
      // What was put off stays quiet, also when it ended and comes again.
      const snoozed = `SELECT max(snoozed_until) FROM alerts WHERE key = @key AND key <> '' AND ${IS_QUIET}`;
      this.#db
        .prepare(
          `INSERT INTO alerts (code, severity, key, facts, raised_at, last_at, snoozed_until)
           VALUES (@code, @severity, @key, @facts, @now, @now, (${snoozed}))`,
        )
        .run({ code, severity, key, facts: JSON.stringify(facts), now });
    });
  }

  clear(key: string): boolean {
    if (key === '') return false;
    const now = this.#clock();
    return transact(this.#db, 'write', () => {
      // One that was put off before anybody heard of it is over without a word.
      const quietly = `delivered_at IS NULL AND ${IS_QUIET}`;
      const cleared = this.#db
        .prepare(
          `UPDATE alerts SET cleared_at = CASE flapping WHEN 0 THEN @now END, quiet_since = coalesce(quiet_since, @now),
             over_told_at = CASE WHEN ${quietly} THEN @now ELSE over_told_at END,
             delivered_at = CASE WHEN ${quietly} THEN @now ELSE delivered_at END
           WHERE key = @key AND cleared_at IS NULL AND quiet_since IS NULL`,
        )
        .run({ key, now });
      return cleared.changes > 0;
    });
  }

  undelivered(): Alert[] {
    const wanted = `delivered_at IS NULL AND NOT ${IS_QUIET}`;
    return this.#alerts(`SELECT ${COLUMNS} FROM alerts WHERE ${wanted} ORDER BY id`, { now: this.#clock() });
  }

  markDelivered(id: number): void {
    // What was put off until then has come back by this.
    this.#set(`delivered_at = @now, snoozed_until = CASE WHEN ${IS_QUIET} THEN snoozed_until END`, id);
  }

  due(): AlertNotice[] {
    const now = this.#clock();
    this.#endQuiet(now);
    const rows = this.#db
      .prepare(`SELECT ${COLUMNS}, ${DUE} AS news FROM alerts WHERE ${DUE} IS NOT NULL ORDER BY id`)
      .all({ now }) as (AlertRow & { news: AlertNotice['news'] })[];
    return rows.map(({ news, ...row }) => ({ alert: toAlert(row), news }));
  }

  markTold(id: number, news: keyof typeof TOLD): void {
    this.#set(TOLD[news], id);
  }

  find(id: number): Alert | undefined {
    return this.#alerts(`SELECT ${COLUMNS} FROM alerts WHERE id = @id`, { id })[0];
  }

  open(): Alert[] {
    return this.#alerts(`SELECT ${COLUMNS} FROM alerts WHERE ${OPEN} ORDER BY id`);
  }

  acknowledge(id: number): boolean {
    return this.#set('acknowledged_at = coalesce(acknowledged_at, @now)', id, OPEN);
  }

  snooze(id: number, until: number): boolean {
    return this.#set(`snoozed_until = ${Math.round(until)}`, id, OPEN);
  }

  leftFor(way: SecondWay): Alert[] {
    const left = `NOT EXISTS (SELECT 1 FROM alert_ways w WHERE w.alert = alerts.id AND w.way = @way)`;
    const wanted = `delivered_at IS NULL AND cleared_at IS NULL AND NOT ${IS_QUIET} AND ${left}`;
    return this.#alerts(`SELECT ${COLUMNS} FROM alerts WHERE ${wanted} ORDER BY id`, { now: this.#clock(), way });
  }

  markSent(id: number, way: SecondWay): void {
    transact(this.#db, 'write', () =>
      this.#db
        .prepare('INSERT OR IGNORE INTO alert_ways (alert, way, at) VALUES (?, ?, ?)')
        .run(id, way, this.#clock()),
    );
  }

  overFor(way: SecondWay): Alert[] {
    const told = 'SELECT 1 FROM alert_ways w WHERE w.alert = alerts.id AND w.way = @way AND w.over_at IS NULL';
    const wanted = `cleared_at IS NOT NULL AND EXISTS (${told})`;
    return this.#alerts(`SELECT ${COLUMNS} FROM alerts WHERE ${wanted} ORDER BY id`, { way });
  }

  markOverSent(id: number, way: SecondWay): void {
    transact(this.#db, 'write', () =>
      this.#db.prepare('UPDATE alert_ways SET over_at = ? WHERE alert = ? AND way = ?').run(this.#clock(), id, way),
    );
  }

  recent(limit: number): Alert[] {
    return this.#alerts(`SELECT ${COLUMNS} FROM alerts ORDER BY id DESC LIMIT @limit`, { limit });
  }

  removeBefore(time: number): number {
    const old = `raised_at < ? AND delivered_at IS NOT NULL AND (cleared_at IS NOT NULL OR key = '')`;
    return transact(this.#db, 'write', () => this.#db.prepare(`DELETE FROM alerts WHERE ${old}`).run(time).changes);
  }

  // A repeat is not news, but its facts are the newest ones.
  #repeat(key: string, facts: AlertFacts): boolean {
    const repeated = this.#db
      .prepare(
        `UPDATE alerts SET repeats = repeats + 1, facts = ?, last_at = ?, quiet_since = NULL
         WHERE key = ? AND cleared_at IS NULL`,
      )
      .run(JSON.stringify(facts), this.#clock(), key);
    return repeated.changes > 0;
  }

  /** Opens the last of those that came and went too often, as the one that stands for them all. False when it is not so. */
  #comeAgain(key: string, facts: AlertFacts): boolean {
    const now = this.#clock();
    const within = `raised_at > @now - ${FLAPPING.withinMs} AND raised_at <= ${AHEAD}`;
    const { times, last } = this.#db
      .prepare(`SELECT count(*) AS times, max(id) AS last FROM alerts WHERE key = @key AND ${within}`)
      .get({ key, now }) as { times: number; last: number | null };
    if (times < FLAPPING.times || last === null) return false;
    this.#db.prepare('UPDATE alerts SET cleared_at = NULL, over_told_at = NULL, flapping = 1 WHERE id = ?').run(last);
    // Who heard that it is over hears that it is not.
    this.#db.prepare('DELETE FROM alert_ways WHERE alert = ? AND over_at IS NOT NULL').run(last);
    return this.#repeat(key, facts);
  }

  /** What kept coming and going is over since it went the last time. */
  #endQuiet(now: number): void {
    const long = `(quiet_since <= @now - ${FLAPPING.quietMs} OR quiet_since > ${AHEAD})`;
    const quiet = `${OPEN} AND flapping = 1 AND ${long}`;
    if (this.#db.prepare(`SELECT 1 FROM alerts WHERE ${quiet}`).get({ now }) === undefined) return;
    transact(this.#db, 'write', () =>
      this.#db.prepare(`UPDATE alerts SET cleared_at = quiet_since WHERE ${quiet}`).run({ now }),
    );
  }

  #set(change: string, id: number, only = 'TRUE'): boolean {
    const now = this.#clock();
    const sql = `UPDATE alerts SET ${change} WHERE id = @id AND ${only}`;
    // A statement may not be given a value that it does not name.
    const values = change.includes('@now') ? { id, now } : { id };
    return transact(this.#db, 'write', () => this.#db.prepare(sql).run(values).changes > 0);
  }

  #alerts(sql: string, values: Readonly<Record<string, number | string>> = {}): Alert[] {
    return (this.#db.prepare(sql).all(values) as AlertRow[]).map(toAlert);
  }
}

function toAlert({ flapping, facts, ...row }: AlertRow): Alert {
  return { ...row, facts: JSON.parse(facts) as AlertFacts, isFlapping: flapping === 1 };
}
