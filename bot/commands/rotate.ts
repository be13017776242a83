import type { Caller, Language } from '../../core/caller.ts';
import type { IncidentDesk } from '../../core/incident/incident-desk.ts';
import { CHANGED_HERE, ROTATED, type RotatedItem } from '../../core/incident/rotation-guide.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { type Answered, asked, defineCommand, done, refused } from './command-spec.ts';
import { CONFIRMED, YES } from './confirmed.ts';
import { HOST_KEYS, rotateNow } from './rotate-now.ts';

/** What can be said of an item, in each language; any of them counts. */
const ACTS = {
  now: { en: 'now', de: 'jetzt' },
  done: { en: 'done', de: 'erledigt' },
  skip: { en: 'skip', de: 'auslassen' },
  begin: { en: 'begin', de: 'beginnen' },
} as const;
type Act = keyof typeof ACTS;

/**
 * `!rotate`: what is to be changed after somebody was in, one thing after the other, and where one stands. `!rotate now <item> yes` changes
 * what can be changed from here; `!rotate done|skip <item>` notes what became of another; `!rotate begin` begins a round. What the trail shows as done needs no word;
 * what can be seen to be as it was is not noted as done.
 */
export const rotate = defineCommand({
  name: 'rotate',
  typed: { en: 'rotate', de: 'wechseln' },
  aliases: [],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: ({ act, item }) => {
    if (act === undefined) return null;
    return [actNamed(act), itemNamed(item)].filter((word) => word !== undefined).join(' ');
  },
  arguments: [
    {
      ...{ name: 'act', type: 'word', label: 'rotate-act', optional: true },
      oneOf: Object.values(ACTS),
    },
    { name: 'item', type: 'word', label: 'item', optional: true },
    CONFIRMED,
  ],
  examples: [
    '',
    { en: 'now bot-password yes', de: 'jetzt bot-password ja' },
    { en: 'done passphrase', de: 'erledigt passphrase' },
  ],
  needs: [
    ...['incident', 'clock', 'changes', 'jobs', 'requests', 'heartbeats'],
    ...['apiKeys', 'people', 'audit', 'tellPerson'],
  ] as const,
  execute: async ({ caller, incident, clock, changes, ...services }, { act: typed, item: given, yes }) => {
    const { language } = caller;
    const hasHelper = changes?.hasHostHelper ?? false;
    const told = () => guideWords(language, incident, hasHelper);
    if (typed === undefined) return asked(told());
    const act = actNamed(typed);
    if (act === 'begin') {
      incident.beginRotation(clock());
      return done(told());
    }
    const item = itemNamed(given);
    if (item === undefined)
      return refused(say(language, 'rotate.unknown', { given: given ?? '', items: ROTATED.map(code) }));
    if (act !== 'now') {
      const refusal = notNoted({ incident, caller, clock }, act, item);
      return refusal === undefined ? done(told()) : refused(refusal);
    }
    const here = CHANGED_HERE.find((one) => one === item);
    if (here === undefined) return notHere(language, item);
    const confirm = commandOf(language, 'now', `${here} ${YES[language]}`);
    if (yes === undefined) return asked(say(language, `rotate.ask.${here}`, { confirm }));
    return rotateNow({ ...services, caller, incident, clock, changes }, here);
  },
});

/** Notes what became of an item; why not, in words, where no round is begun, or where it can be seen that it was not changed. */
function notNoted(
  { incident, caller, clock }: { incident: IncidentDesk; caller: Caller; clock: () => number },
  act: Exclude<Act, 'now' | 'begin'>,
  item: RotatedItem,
): string | undefined {
  const { language, person } = caller;
  if (incident.rotation() === undefined)
    return say(language, 'rotate.not-begun', { begin: commandOf(language, 'begin', '') });
  const who = { at: clock(), by: person };
  if (act === 'skip') incident.skip(item, who);
  else if (!incident.noteDone(item, who))
    return say(language, 'rotate.unchanged', { id: code(item), how: howOf(language, item) });
  return undefined;
}

function notHere(language: Language, item: RotatedItem): Answered {
  return refused(say(language, 'rotate.not-here', { id: code(item), how: howOf(language, item) }));
}

function howOf(language: Language, item: RotatedItem): Markdown {
  return new Markdown(say(language, `rotate.how.${item}`));
}

function actNamed(typed: string): Act {
  const acts = Object.keys(ACTS) as Act[];
  return acts.find((act) => Object.values<string>(ACTS[act]).includes(typed.toLowerCase())) ?? 'begin';
}

function itemNamed(given: string | undefined): RotatedItem | undefined {
  return ROTATED.find((item) => item === given?.toLowerCase());
}

function commandOf(language: Language, act: Act, rest: string): Markdown {
  return code(`!${rotate.typed[language]} ${ACTS[act][language]} ${rest}`.trim());
}

/** What I change by myself: the host's keys only where there is a helper of the host. */
function isHere(item: RotatedItem, hasHelper: boolean): boolean {
  return CHANGED_HERE.some((one) => one === item) && (hasHelper || !HOST_KEYS.some((one) => one === item));
}

/** Where one stands: everything in a line each, with what I can do by myself, and how the next one is done. */
function guideWords(language: Language, incident: IncidentDesk, hasHelper: boolean): string {
  const guide = incident.rotation();
  const items = guide?.items ?? {};
  const all = incident.rotatable();
  const next = all.find((item) => items[item] === undefined);
  const nowCall = (item: RotatedItem) =>
    isHere(item, hasHelper) ? commandOf(language, 'now', item) : new Markdown('');
  const lines = all.map((item) => {
    const { state, at = 0, seen = false } = items[item] ?? {};
    const stands = state ?? (item === next && guide ? 'next' : 'open');
    const call = state === undefined ? nowCall(item) : new Markdown('');
    return say(language, 'rotate.line', { id: code(item), stands, at, seen, call });
  });
  const absent = ROTATED.filter((item) => !all.includes(item)).map(code);
  const settled = all.filter((item) => items[item] !== undefined).length;
  return [
    say(language, 'rotate.head', { startedAt: guide?.startedAt ?? 0, settled, all: all.length }),
    '',
    ...lines,
    ...(absent.length === 0 ? [] : ['', say(language, 'rotate.absent', { items: absent })]),
    '',
    guide === undefined
      ? say(language, 'rotate.not-begun', { begin: commandOf(language, 'begin', '') })
      : nextWords(language, next, nowCall),
  ].join('\n');
}

function nextWords(
  language: Language,
  next: RotatedItem | undefined,
  nowCall: (item: RotatedItem) => Markdown,
): string {
  if (next === undefined) return say(language, 'rotate.over');
  return say(language, 'rotate.next', {
    ...{ id: code(next), how: howOf(language, next), call: nowCall(next) },
    doneCall: commandOf(language, 'done', next),
    skipCall: commandOf(language, 'skip', next),
  });
}
