import { smallTalk } from '../core/ask/small-talk.ts';
import type { Caller, TenantId } from '../core/caller.ts';
import { AppError } from '../core/errors.ts';
import { type Opened, placeOf, repliedTo } from './incoming.ts';
import type { Lane } from './lane.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import type { Task } from './task.ts';
import { say } from './wording/say.ts';

/** A question as it was asked in a chat. `about`: the message with the file that is asked about, when it was a reply to one. */
export interface AskedQuestion {
  readonly text: string;
  readonly room: string;
  readonly event: string;
  readonly about?: string | undefined;
}

/**
 * Asks a question for a caller and returns the words to show; with `quiet` none ("") when the documents hold nothing for
 * it. `onChecked` gets what tells whether they rest on something that was forgotten after that: they are not shown then.
 */
export type Ask = (
  caller: Caller,
  question: AskedQuestion,
  options: {
    signal: AbortSignal;
    onPartial: (markdown: string) => void;
    onChecked?: (isForgotten: () => boolean) => void;
    quiet?: boolean;
  },
) => Promise<string>;

/** Last words, and what to call in the step that queues them: it throws (AppError `conflict`, which passes) when they must not be shown. */
export interface LastWords {
  readonly text: string;
  readonly check: () => void;
}

/** What answering in a chat needs. */
export interface QuestionParts {
  readonly own: string;
  readonly homeserver: Homeserver;
  readonly ask: Ask;
  readonly lanes: { readonly files: Lane };
  /** Names of a tenant's files that wait to be read or are being read, the oldest first. */
  readonly unread: (tenant: TenantId) => string[];
}

/** How long a question waits for files that the same person sent right before it. */
const FILE_PATIENCE_MS = 5000;
/** A model that says nothing for so long is announced. */
const THINKING_NOTICE_MS = 4000;
const TYPING_MS = 30_000;

/**
 * Answers a question in its chat: waits a moment for files on their way, types while it works, shows the answer as it
 * grows, and returns its last words, which name the files that were still unread. A `quiet` one, which people in a room
 * may have asked each other, is answered only when there is something to say (else ""), and shows nothing before. Throws the task's signal's reason when it was taken back, and what `ask` throws.
 */
export async function handleQuestion(
  parts: QuestionParts,
  { text, quiet = false }: { readonly text: string; readonly quiet?: boolean | undefined },
  task: Task,
): Promise<LastWords> {
  const { caller, language, opened, reply, signal } = task;
  await filesFirst(parts, caller.person, signal);
  signal.throwIfAborted();
  const asked = questionOf(opened, text);
  if (quiet) return askChecked(parts.ask, caller, asked, { signal, onPartial: () => undefined, quiet });
  const thinking = setTimeout(() => reply.show(say(language, 'answer.thinking')), THINKING_NOTICE_MS);
  const onPartial = (partial: string) => {
    clearTimeout(thinking);
    reply.show(partial);
  };
  // What is not read by now the answer does not know of; it may be read when it is shown.
  const unread = smallTalk(text) === undefined ? parts.unread(caller.tenant) : [];
  try {
    const { text: answer, check } = await whileTyping(parts, opened.room, () =>
      askChecked(parts.ask, caller, asked, { signal, onPartial }),
    );
    const more = unread.length === 0 ? '' : `\n\n${say(language, 'answer.unread', { names: unread })}`;
    return { text: answer + more, check };
  } finally {
    clearTimeout(thinking);
  }
}

/** Asks, and keeps what tells whether the answer may still be shown when its turn comes. Used here and by the file desk. */
export async function askChecked(
  ask: Ask,
  caller: Caller,
  question: AskedQuestion,
  options: Omit<Parameters<Ask>[2], 'onChecked'>,
): Promise<LastWords> {
  let isForgotten = () => false;
  const onChecked = (check: () => boolean) => {
    isForgotten = check;
  };
  const text = await ask(caller, question, { ...options, onChecked });
  const check = () => {
    if (isForgotten())
      throw new AppError('conflict', 'the answer rests on something forgotten', { reason: 'answer-forgotten' });
  };
  return { text, check };
}

/** A question with the conversation that it belongs to: its room, or a thread in it. */
export function questionOf(opened: Opened, text: string): AskedQuestion {
  const { thread } = placeOf(opened);
  const room = thread === undefined ? opened.room : `${opened.room} ${thread}`;
  const about = repliedTo(opened);
  return { text, room, event: opened.event.event_id, ...(about === undefined ? {} : { about }) };
}

/** A question right after a file is about that file: give the reading a moment. */
async function filesFirst({ lanes }: QuestionParts, person: string, signal: AbortSignal): Promise<void> {
  await lanes.files.drainedOf(person, AbortSignal.any([signal, AbortSignal.timeout(FILE_PATIENCE_MS)]));
}

async function whileTyping<T>({ homeserver, own }: QuestionParts, room: string, work: () => Promise<T>): Promise<T> {
  const type = () => void homeserver.setTyping(room, own, TYPING_MS).catch(() => undefined);
  type();
  const again = setInterval(type, TYPING_MS - 5000);
  try {
    return await work();
  } finally {
    clearInterval(again);
    void homeserver.setTyping(room, own, 0).catch(() => undefined);
  }
}
