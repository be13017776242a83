import type { Language } from '../../core/caller.ts';
import { ROTATED, type RotatedItem, type RotationGuide } from '../../core/incident/rotation-guide.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { asked, defineCommand, done, refused } from './command-spec.ts';

/** What can be said of an item, in each language; any of them counts. */
const ACTS = {
  done: { en: 'done', de: 'erledigt' },
  skip: { en: 'skip', de: 'auslassen' },
  begin: { en: 'begin', de: 'beginnen' },
} as const;
type Act = keyof typeof ACTS;

/**
 * `!rotate`: what is to be changed after somebody was in, one thing after the other, and where one stands. `!rotate done|skip <item>` notes
 * what became of one; `!rotate begin` starts anew. What the trail shows as done needs no word.
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
  ],
  examples: ['', { en: 'done passphrase', de: 'erledigt passphrase' }],
  needs: ['incident', 'clock'],
  execute: ({ caller, incident, clock }, { act: typed, item: given }) => {
    const { language, person } = caller;
    const now = clock();
    if (typed === undefined) return asked(guideWords(language, incident.rotation() ?? incident.beginRotation(now)));
    const act = actNamed(typed);
    if (act === 'begin') return done(guideWords(language, incident.beginRotation(now)));
    const item = itemNamed(given);
    if (item === undefined)
      return refused(say(language, 'rotate.unknown', { given: given ?? '', items: ROTATED.map(code) }));
    const state = act === 'done' ? 'done' : 'skipped';
    return done(guideWords(language, incident.noteRotated(item, { state, at: now, by: person })));
  },
});

function actNamed(typed: string): Act {
  const acts = Object.keys(ACTS) as Act[];
  return acts.find((act) => Object.values<string>(ACTS[act]).includes(typed.toLowerCase())) ?? 'begin';
}

function itemNamed(given: string | undefined): RotatedItem | undefined {
  return ROTATED.find((item) => item === given?.toLowerCase());
}

/** Where one stands: everything in a line each, and how the next one is done. */
function guideWords(language: Language, { startedAt, items }: RotationGuide): string {
  const next = ROTATED.find((item) => items[item] === undefined);
  const settled = ROTATED.filter((item) => items[item] !== undefined).length;
  const lines = ROTATED.map((item) => {
    const stands = items[item]?.state ?? (item === next ? 'next' : 'open');
    return say(language, 'rotate.line', { id: code(item), stands, at: items[item]?.at ?? 0 });
  });
  const command = (act: Act) => code(`!${rotate.typed[language]} ${ACTS[act][language]} ${next ?? ''}`.trim());
  const foot =
    next === undefined
      ? say(language, 'rotate.over')
      : say(language, 'rotate.next', {
          id: code(next),
          how: new Markdown(say(language, `rotate.how.${next}`)),
          ...{ doneCall: command('done'), skipCall: command('skip') },
        });
  return [say(language, 'rotate.head', { startedAt, settled, all: ROTATED.length }), '', ...lines, '', foot].join('\n');
}
