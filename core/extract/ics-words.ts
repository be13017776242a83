/** The few words that a calendar's text needs beside its own; they are indexed, so they follow the calendar's language. */
export interface CalendarWords {
  readonly cancelled: string;
  readonly due: string;
  readonly organizer: string;
  readonly invited: string;
  /** What comes before the dates on which a series goes on. */
  readonly next: string;
  readonly until: string;
  /** Of one and of several steps, by FREQ. */
  readonly every: Readonly<Record<string, (steps: number) => string>>;
  readonly times: (count: number) => string;
}

const EN: CalendarWords = {
  cancelled: 'Cancelled',
  due: 'Due',
  organizer: 'Organizer',
  invited: 'Invited',
  next: 'Next',
  until: 'until',
  every: {
    DAILY: (steps) => (steps === 1 ? 'Every day' : `Every ${steps} days`),
    WEEKLY: (steps) => (steps === 1 ? 'Every week' : `Every ${steps} weeks`),
    MONTHLY: (steps) => (steps === 1 ? 'Every month' : `Every ${steps} months`),
    YEARLY: (steps) => (steps === 1 ? 'Every year' : `Every ${steps} years`),
  },
  times: (count) => `${count} times`,
};

const DE: CalendarWords = {
  cancelled: 'Abgesagt',
  due: 'Fällig',
  organizer: 'Veranstalter',
  invited: 'Eingeladen',
  next: 'Nächste Termine',
  until: 'bis',
  every: {
    DAILY: (steps) => (steps === 1 ? 'Jeden Tag' : `Alle ${steps} Tage`),
    WEEKLY: (steps) => (steps === 1 ? 'Jede Woche' : `Alle ${steps} Wochen`),
    MONTHLY: (steps) => (steps === 1 ? 'Jeden Monat' : `Alle ${steps} Monate`),
    YEARLY: (steps) => (steps === 1 ? 'Jedes Jahr' : `Alle ${steps} Jahre`),
  },
  times: (count) => `${count}-mal`,
};

/** German for German calendars, English for all others (their dates are still in their own language). */
export function calendarWords(language: string): CalendarWords {
  return language === 'de' ? DE : EN;
}
