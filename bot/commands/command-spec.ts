import type { Caller, Language, PersonId } from '../../core/caller.ts';
import type { ArgumentLabel, CommandName } from '../wording/facts/commands.ts';
import type { ExecutorServices } from './services.ts';

/** What a typed argument becomes. */
export interface ArgumentTypes {
  /** A whole number from 1. */
  readonly number: number;
  /** Numbers and stretches of them ("3 5 7-9"), to the end of the line: ascending, each once, `MOST_NUMBERS` at most. */
  readonly numbers: readonly number[];
  /** A lent paper by its mark ("L2"), or by the number alone. */
  readonly loan: number;
  /** A document of one's own by its number, or a lent paper by its mark. */
  readonly paper: { readonly isLent: boolean; readonly number: number };
  /** Somebody who is there: a full Matrix address, or a name alone ("ben") that means one person (core/person-id.ts, `personNamed`). */
  readonly person: PersonId;
  /** Somebody who may be new: a full Matrix address, or a name of the family's own server without it ("ben"): "@ben" then (core/person-id.ts, `fullName`). */
  readonly name: string;
  readonly language: Language;
  /** One word, of `oneOf` where that is given (compared without case). */
  readonly word: string;
  /** The rest of the line. */
  readonly text: string;
}

/** A word that is the same in every language, or one for each: any of them counts, and usage lines show the reader's. */
export type ChoiceWord = string | Readonly<Record<Language, string>>;

/** One argument of a command. Optional ones come last. */
export interface ArgumentSpec {
  readonly name: string;
  readonly type: keyof ArgumentTypes;
  /** Its name in usage lines, from the wording catalogue. */
  readonly label: ArgumentLabel;
  readonly optional?: true;
  readonly oneOf?: readonly ChoiceWord[];
}

/** The values of a list of arguments, by name. */
export type ArgumentValues<Arguments extends readonly ArgumentSpec[]> = {
  readonly [Spec in Arguments[number] as Spec['name']]:
    | ArgumentTypes[Spec['type']]
    | (Spec extends { readonly optional: true } ? undefined : never);
};

/** Where a command is given: in a person's own chat (the console counts as one), in a family room, or in the ops room. */
export type Place = 'direct' | 'family' | 'ops';

/** Where a command may be given: at one place; `both` in one's own chat and the ops room; `chats` wherever papers are; or anywhere. */
export type Where = Place | 'both' | 'chats' | 'anywhere';

/** What every executor learns about the call. `caller.role` is never `system`: the product gives itself no commands. */
export interface Asked {
  readonly caller: Caller;
  readonly place: Place;
}

/** What executors learn beside it. */
interface Given extends Asked {
  /** The message that asks: what is asked for under its name is asked for once, however often it is handled. */
  readonly source: string;
}

/** A file made for the caller; sent encrypted, kept nowhere. */
export interface CommandAttachment {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly mime: string;
}

/** A picture that goes below an answer, in a message of its own; sent encrypted, kept nowhere. */
export interface CommandPicture {
  /** File name without an ending. */
  readonly name: string;
  /** What it shows, in words (Markdown). */
  readonly words: string;
  /** As an SVG document, of which a PNG is made (core/picture.ts). */
  readonly svg: string;
}

/**
 * What an executor answers: Markdown in the caller's language, a file with such a caption, a text with a picture below it, or
 * that `everything` that is kept about the caller is to be sent, which takes longer than a command may.
 */
export type CommandAnswer =
  | string
  | { readonly text: string; readonly attachment: CommandAttachment }
  | { readonly text: string; readonly picture: CommandPicture }
  | { readonly text: string; readonly everything: true };

/**
 * How a command of which the audit trail tells ended: `done`; `refused`, and nothing was changed; or it only `asked` back,
 * which leaves no row. `later`: whoever sends everything notes it (`CommandReply.everything`).
 */
export type CommandOutcome = 'done' | 'refused' | 'asked' | 'later';

/** What an executor of such a command answers: made by `done`, `refused` and `asked`. */
export interface Answered {
  readonly answer: CommandAnswer;
  readonly outcome: CommandOutcome;
}

/** It was done. */
export function done(answer: CommandAnswer): Answered {
  return { answer, outcome: typeof answer === 'object' && 'everything' in answer ? 'later' : 'done' };
}

/** It was refused in words, and nothing was changed. */
export function refused(answer: CommandAnswer): Answered {
  return { answer, outcome: 'refused' };
}

/** Nothing was changed yet: it was shown what would be, or that it is so already. */
export function asked(answer: CommandAnswer): Answered {
  return { answer, outcome: 'asked' };
}

/** What the audit target of a call is made with, beside its values. */
export interface AuditAbout {
  readonly caller: Caller;
  /** `CommandServices.server`, on which somebody lives who is named without one. */
  readonly server: string;
}

type Execute<Arguments extends readonly ArgumentSpec[], Needs extends keyof ExecutorServices, Answer> = (
  context: Given & Pick<ExecutorServices, Needs>,
  values: ArgumentValues<Arguments>,
) => Answer | Promise<Answer>;

/**
 * A command leaves audit rows, and then its executor says how it ended; or it leaves none. `audit` makes the target (an id,
 * never words) of a call, null for a call that changes nothing. Whoever is named there stands in the row only if they are known.
 */
type Audited<Arguments extends readonly ArgumentSpec[], Needs extends keyof ExecutorServices> =
  | { readonly audit: null; readonly execute: Execute<Arguments, Needs, CommandAnswer> }
  | {
      readonly audit: (values: ArgumentValues<Arguments>, about: AuditAbout) => string | null;
      readonly execute: Execute<Arguments, Needs, Answered>;
    };

/**
 * A command as a value. Usage lines, help and argument errors come from it and from the wording catalogue
 * (`summary.<name>`). `role` and `audit` have no default: whoever writes a command decides them. `execute` throws AppError for
 * what the dispatcher puts into words.
 */
export type CommandSpec<Arguments extends readonly ArgumentSpec[], Needs extends keyof ExecutorServices> = CommandFacts<
  Arguments,
  Needs
> &
  Audited<Arguments, Needs>;

interface CommandFacts<Arguments extends readonly ArgumentSpec[], Needs extends keyof ExecutorServices> {
  readonly name: CommandName;
  /** What people of each language type and see in help. Two words make a subcommand ("people add"). */
  readonly typed: Readonly<Record<Language, string>>;
  /** More ways to type it. */
  readonly aliases: readonly string[];
  readonly where: Where;
  readonly role: 'member' | 'admin';
  /** True when it removes something for good. */
  readonly destructive: boolean;
  readonly arguments: Arguments;
  /** Whatever else stands behind it does not keep it from being done: for what is typed in a hurry. Missing: it does. */
  readonly ignoresMore?: boolean;
  /** What people may type behind the name, '' for nothing; where words differ by language, in each (`exampleLines`). */
  readonly examples: readonly (string | Readonly<Record<Language, string>>)[];
  /** The services that the executor gets; it can reach no other. */
  readonly needs: readonly Needs[];
}

/** A command as the list holds it: the types of its arguments and services are settled inside. */
export interface Command extends Omit<CommandFacts<readonly ArgumentSpec[], never>, 'needs'> {
  readonly needs: readonly (keyof ExecutorServices)[];
  readonly audit: ((values: Readonly<Record<string, unknown>>, about: AuditAbout) => string | null) | null;
  readonly execute: (
    services: ExecutorServices,
    call: Given,
    values: Readonly<Record<string, unknown>>,
  ) => Promise<Answered>;
}

/** Makes a command of its spec. The executor is handed just the services that it named. */
export function defineCommand<
  const Arguments extends readonly ArgumentSpec[],
  const Needs extends keyof ExecutorServices,
>(spec: CommandSpec<Arguments, Needs>): Command {
  // parseArguments builds the values from `spec.arguments`, so they have the spec's own type here.
  type Values = ArgumentValues<Arguments>;
  const { audit } = spec;
  return {
    ...spec,
    audit: audit === null ? null : (values, about) => audit(values as Values, about),
    execute: async (services, call, values) => {
      const needed = Object.fromEntries(spec.needs.map((name) => [name, services[name]]));
      const given = await spec.execute({ ...call, ...(needed as Pick<ExecutorServices, Needs>) }, values as Values);
      return typeof given === 'object' && 'outcome' in given ? given : done(given);
    },
  };
}
