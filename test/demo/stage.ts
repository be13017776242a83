import type { Paper } from './documents/papers.ts';

/** Who appears in the demo, with the local part of their Matrix name. */
export const PEOPLE = {
  ada: { name: 'Ada', colour: 'magenta' },
  ben: { name: 'Ben', colour: 'cyan' },
  cora: { name: 'Cora', colour: 'yellow' },
  otto: { name: 'Otto', colour: 'red' },
} as const;

/** One of them. Otto is a stranger to the bot. */
export type Actor = keyof typeof PEOPLE;

/**
 * Where the afternoon is played: in encrypted Matrix chats, or in the console. Each method does what the person would do
 * and returns what they then see from the bot, as plain text. Throws when nothing that fits comes in time (`wish`, or
 * for a question any finished answer), and says what came instead.
 */
export interface Stage {
  readonly kind: 'matrix' | 'console';
  /**
   * True when models that this machine happens to have decide what is found or said. Then an unexpected answer is the
   * model's, and only doubted; without models it is ours, and a failure.
   */
  readonly modelsDecide: boolean;
  /** How a place is called in the headings: the admin's, or where this person talks with the bot. */
  placeOf(where: Actor | 'ops room'): string;
  /** The admin finds what the bot hands over at its first start. */
  findHandover(): Promise<string[]>;
  /** A person meets the bot for the first time. */
  meet(actor: Actor): Promise<string>;
  ask(actor: Actor, question: string): Promise<string>;
  send(actor: Actor, paper: Paper, wish: RegExp): Promise<string>;
  /** The person takes a file back: deletes its message, or in the console has it forgotten. */
  takeBack(actor: Actor, paper: Paper, wish: RegExp): Promise<string>;
  /** A stranger tries to talk to the bot; what they, and what the admin gets to see. */
  knock(actor: Actor): Promise<{ stranger: string; admin?: string }>;
  /** The admin types a command where admins do. */
  command(text: string, wish: RegExp): Promise<string>;
  /** Everything that the person has got from the bot so far. */
  seenBy(actor: Actor): string[];
  /** The last lines of the bot's own log. */
  logTail(): string;
}
