import type { Caller, Language } from '../../core/caller.ts';
import type { IncidentDesk } from '../../core/incident/incident-desk.ts';
import { CHANGED_HERE, ROTATED, type RotatedItem, type RotationGuide } from '../../core/incident/rotation-guide.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { type Answered, asked, defineCommand, done, refused } from './command-spec.ts';
import { CONFIRMED, YES } from './confirmed.ts';
import { rotateNow } from './rotate-now.ts';

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
 * what can be changed from here; `!rotate done|skip <item>` notes what became of another; `!rotate begin` starts anew. What the trail shows as done needs no word.
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
      oneOf: Object.values(ACTS).flatMap((act) => Object.values(act)),
    },
    { name: 'item', type: 'word', label: 'item', optional: true },
    CONFIRMED,
  ],
  examples: [
    '',
    { en: 'now bot-password yes', de: 'jetzt bot-password ja' },
    { en: 'done passphrase', de: 'erledigt passphrase' },
  ],
  needs: ['incident', 'clock', 'changes', 'jobs', 'requests', 'heartbeats'],
  execute: async ({ caller, incident, clock, changes, ...services }, { act: typed, item: given, yes }) => {
    const { language } = caller;
    const hasHelper = changes?.hasHostHelper ?? false;
    const told = (guide: RotationGuide) => guideWords(language, guide, hasHelper);
    if (typed === undefined) return asked(told(incident.rotation() ?? incident.beginRotation(clock())));
    const act = actNamed(typed);
    if (act === 'begin') return done(told(incident.beginRotation(clock())));
    const item = itemNamed(given);
    if (item === undefined)
      return refused(say(language, 'rotate.unknown', { given: given ?? '', items: ROTATED.map(code) }));
    if (act !== 'now') return done(told(noted({ incident, caller, clock }, act, item)));
    const here = CHANGED_HERE.find((one) => one === item);
    if (here === undefined) return notHere(language, item);
    const confirm = commandOf(language, 'now', `${here} ${YES[language]}`);
    if (yes === undefined) return asked(say(language, `rotate.ask.${here}`, { confirm }));
    return rotateNow({ ...services, caller, incident, clock, changes }, here);
  },
});

function noted(
  { incident, caller, clock }: { incident: IncidentDesk; caller: Caller; clock: () => number },
  act: Exclude<Act, 'now' | 'begin'>,
  item: RotatedItem,
): RotationGuide {
  return incident.noteRotated(item, { state: act === 'done' ? 'done' : 'skipped', at: clock(), by: caller.person });
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
  return CHANGED_HERE.some((one) => one === item) && (item === 'bot-password' || hasHelper);
}

/** Where one stands: everything in a line each, with what I can do by myself, and how the next one is done. */
function guideWords(language: Language, { startedAt, items }: RotationGuide, hasHelper: boolean): string {
  const next = ROTATED.find((item) => items[item] === undefined);
  const settled = ROTATED.filter((item) => items[item] !== undefined).length;
  const nowCall = (item: RotatedItem) =>
    isHere(item, hasHelper) ? commandOf(language, 'now', item) : new Markdown('');
  const lines = ROTATED.map((item) => {
    const stands = items[item]?.state ?? (item === next ? 'next' : 'open');
    const call = items[item] === undefined ? nowCall(item) : new Markdown('');
    return say(language, 'rotate.line', { id: code(item), stands, at: items[item]?.at ?? 0, call });
  });
  const foot =
    next === undefined
      ? say(language, 'rotate.over')
      : say(language, 'rotate.next', {
          ...{ id: code(next), how: howOf(language, next), call: nowCall(next) },
          doneCall: commandOf(language, 'done', next),
          skipCall: commandOf(language, 'skip', next),
        });
  return [say(language, 'rotate.head', { startedAt, settled, all: ROTATED.length }), '', ...lines, '', foot].join('\n');
}
