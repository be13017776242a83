import { randomStream } from '../../bot/random.ts';
import type { DueTable } from './due-table.ts';
import type { SampleJob } from './sample-jobs.ts';
import type { Pace, Step } from './script-step.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far clocks are wrong: moments, the length of a clock change, hours, days, years, both ways. */
const SKEWS = [30 * SECOND, 5 * MINUTE, 50 * MINUTE, 3 * HOUR, 2 * DAY, 400 * DAY, 4 * 365 * DAY];

/** What happens to a house. `days` is true time. */
export interface Story {
  readonly jobs: readonly SampleJob[];
  readonly due: DueTable;
  readonly seed: number;
  readonly from: number;
  readonly days: number;
}

/**
 * Writes what happens to a house in so many days: looks of the runner when something is due and in between, kills, stops,
 * days without power, clocks that jump and are put right, full disks, requests (some handled twice), wishes to cancel,
 * jobs that fail, go on, or do not listen. It ends with two calm days.
 */
export function writeScript(story: Story): Step[] {
  const writer = new Writer(story);
  while (writer.hasTime) writer.happen();
  writer.calm();
  return writer.steps;
}

class Writer {
  readonly steps: Step[] = [{ kind: 'start' }];
  readonly #story: Story;
  readonly #random: () => number;
  readonly #until: number;
  #time: number;
  #skew = 0;
  #mendAt = Number.POSITIVE_INFINITY;
  #roomAt = Number.POSITIVE_INFINITY;
  #asked = 0;
  #cancelled = 0;
  #lastWish: { readonly job: string; readonly dry: boolean } | undefined;

  constructor(story: Story) {
    this.#story = story;
    this.#random = randomStream(story.seed);
    this.#time = story.from;
    this.#until = story.from + story.days * DAY;
  }

  get hasTime(): boolean {
    return this.#time < this.#until;
  }

  /** One look of the runner and what comes before it. */
  happen(): void {
    this.#time += this.#pause();
    if (this.#time > this.#mendAt) this.#mend();
    if (this.#time > this.#roomAt) this.#makeRoom();
    const chance = this.#random() * 100;
    if (chance < 1) this.#down('kill');
    else if (chance < 1.7) this.#down('stop');
    else if (chance < 2.1) this.#fill();
    else if (chance < 3) this.#jump();
    else if (chance < 9) this.#ask();
    else if (chance < 12) this.#cancel();
    else if (chance < 20) this.#setPace();
    else if (chance < 28) this.steps.push({ kind: 'end', job: this.#someJob() });
    else if (chance < 31) this.#changeOfMind();
    this.#tick();
  }

  /** Everything is well again, for long enough that every schedule of every day comes. */
  calm(): void {
    this.#mend();
    this.#makeRoom();
    this.steps.push({ kind: 'start' });
    for (const { name } of this.#story.jobs) {
      this.steps.push({ kind: 'pace', job: name, pace: 'quick' }, { kind: 'end', job: name });
    }
    this.#burst();
    for (const end = this.#time + 2 * DAY; this.#time < end; this.#tick()) this.#time = this.#nextDue() + SECOND;
  }

  #tick(): void {
    this.steps.push({ kind: 'tick', at: this.#clock() });
  }

  /** As many looks as a rest after trouble takes, and some. */
  #burst(): void {
    for (let count = 0; count < 35; count++, this.#time += SECOND) this.#tick();
  }

  #clock(): number {
    return this.#time + this.#skew;
  }

  #pause(): number {
    const kind = this.#random();
    if (kind < 0.4) return this.#nextDue() - this.#time + this.#below(60) * SECOND;
    if (kind < 0.7) return this.#below(60) * MINUTE;
    if (kind < 0.9) return (1 + this.#below(120)) * SECOND;
    return this.#below(5 * 60) * MINUTE;
  }

  /** In true time, by the clock as it goes. */
  #nextDue(): number {
    const now = this.#clock();
    const { jobs, due } = this.#story;
    const next = jobs.flatMap(({ schedule }) => (schedule === '' ? [] : (due.next(schedule, now) ?? [])));
    return Math.min(...next) - this.#skew;
  }

  #down(how: 'kill' | 'stop'): void {
    this.steps.push({ kind: how });
    const length = this.#random();
    this.#time +=
      length < 0.5 ? this.#below(90) * SECOND : length < 0.9 ? this.#below(600) * MINUTE : this.#below(5) * DAY;
    this.steps.push({ kind: 'start' });
  }

  #fill(): void {
    this.steps.push({ kind: 'disk', full: true });
    this.#roomAt = this.#time + this.#below(600) * MINUTE;
    this.#burst();
  }

  #makeRoom(): void {
    this.steps.push({ kind: 'disk', full: false });
    this.#roomAt = Number.POSITIVE_INFINITY;
    this.#burst();
  }

  #jump(): void {
    this.#skew = this.#pick(SKEWS) * (this.#random() < 0.5 ? 1 : -1);
    this.#mendAt = this.#time + this.#pick([5 * MINUTE, 2 * HOUR, 30 * HOUR]);
  }

  #mend(): void {
    this.#skew = 0;
    this.#mendAt = Number.POSITIVE_INFINITY;
  }

  #ask(): void {
    const again = this.#asked > 0 && this.#random() < 0.2;
    if (!again) this.#asked += 1;
    const job = this.#random() < 0.02 ? 'unheard-of' : this.#someJob();
    // The same message asks the same.
    const wish = (again && this.#lastWish) || { job, dry: this.#random() < 0.3 };
    this.#lastWish = wish;
    this.steps.push({ kind: 'ask', at: this.#clock(), source: `$ask${this.#asked}`, ...wish });
  }

  #cancel(): void {
    if (this.#random() > 0.15) this.#cancelled += 1;
    const job = this.#random() < 0.6 ? (this.#lastWish?.job ?? this.#someJob()) : this.#someJob();
    this.steps.push({ kind: 'cancel', at: this.#clock(), source: `$end${this.#cancelled}`, job });
  }

  /** Asked for, asked for again while it goes on, and cancelled. */
  #changeOfMind(): void {
    const job = this.#someJob();
    this.steps.push({ kind: 'pace', job, pace: this.#pick<Pace>(['held', 'deaf']) });
    for (let count = 0; count < 2; count++) {
      this.#asked += 1;
      this.#lastWish = { job, dry: false };
      this.steps.push({ kind: 'ask', at: this.#clock(), source: `$ask${this.#asked}`, ...this.#lastWish });
      if (this.#random() < 0.8) this.#tick();
    }
    this.#cancelled += 1;
    this.steps.push({ kind: 'cancel', at: this.#clock(), source: `$end${this.#cancelled}`, job });
    this.steps.push({ kind: 'pace', job, pace: 'quick' });
  }

  #setPace(): void {
    const pace = this.#pick<Pace>(['quick', 'quick', 'quick', 'failing', 'held', 'deaf']);
    this.steps.push({ kind: 'pace', job: this.#someJob(), pace });
  }

  #someJob(): string {
    return this.#pick(this.#story.jobs).name;
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
