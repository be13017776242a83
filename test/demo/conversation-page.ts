import type { Line } from './narrator.ts';

/** A chat as it is drawn: whose it is, and which scenes of the afternoon it shows. */
export interface Panel {
  readonly title: string;
  readonly subtitle: string;
  readonly scenes: readonly RegExp[];
}

const COLOURS: Readonly<Record<string, string>> = { Kin: '#2f6f5e', Ada: '#8a4f9e', Ben: '#2b6cb0', Cora: '#b7791f' };
/** Passages that are shown whole in one answer; of the others only the place. */
const WHOLE_PASSAGES = 1;
const MOST_OF_A_PASSAGE = 230;

const STYLE = `
* { box-sizing: border-box; margin: 0 }
body { width: 1180px; padding: 26px; background: #e9eee9; color: #23302b; font: 15px/1.42 "Noto Sans", "DejaVu Sans", sans-serif }
main { display: grid; grid-template-columns: 1.22fr 1fr; gap: 22px; align-items: start }
.column { display: grid; gap: 22px }
section { background: #fbfcfa; border-radius: 14px; overflow: hidden; box-shadow: 0 1px 3px #0002 }
header { display: flex; align-items: baseline; gap: 10px; padding: 11px 18px; border-bottom: 1px solid #e3e9e3 }
header b { font-size: 15px }
header span { color: #6b7a73; font-size: 12.5px }
.talk { display: flex; flex-direction: column; gap: 9px; padding: 15px 18px 18px }
.message { max-width: 88%; display: flex; flex-direction: column }
.message.own { align-self: flex-end; align-items: flex-end }
.who { font-size: 12px; font-weight: 600; margin: 0 4px 2px }
.who time { font-weight: 400; color: #8b9891; margin-left: 6px }
.bubble { padding: 8px 13px 9px; border-radius: 13px; background: #eef2ee; white-space: pre-line; overflow-wrap: anywhere }
.own .bubble { background: #d9e8f6 }
.file { display: flex; gap: 9px; align-items: center; font-weight: 600 }
.file i { flex: none; width: 22px; height: 27px; border-radius: 3px; background: #fff; border: 1.5px solid #2b6cb0; border-top-right-radius: 9px }
.place { display: block; font-weight: 600; color: #2f6f5e }
.place + .passage { margin-top: 1px }
.passage { display: block; padding-left: 10px; margin: 2px 0 5px; border-left: 3px solid #c4d3c9; color: #4b5b54; font-size: 13.5px }
.note { align-self: center; color: #6b7a73; font-size: 12.5px; text-align: center }
`;

/** The page that `render-conversation.ts` takes a picture of. `left` and `right` are columns of chats. */
export function conversationPage(lines: readonly Line[], left: readonly Panel[], right: readonly Panel[]): string {
  const column = (panels: readonly Panel[]) =>
    `<div class="column">${panels.map((panel) => chat(panel, lines)).join('')}</div>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><style>${STYLE}</style>
<body><main>${column(left)}${column(right)}</main>
<script>document.documentElement.dataset.height = document.body.scrollHeight</script></body></html>`;
}

function chat({ title, subtitle, scenes }: Panel, lines: readonly Line[]): string {
  const shown = lines.filter(({ scene }) => scenes.some((wanted) => wanted.test(scene)));
  const talk = shown
    .filter(({ text }) => !/^[✓~] /.test(text))

    .map(message);
  return `<section><header><b>${escaped(title)}</b><span>${escaped(subtitle)}</span></header><div class="talk">${talk.join('')}</div></section>`;
}

function message({ from, kind, text, at }: Line): string {
  if (kind === 'note') return `<div class="note">${escaped(text)}</div>`;
  const body = kind === 'file' ? `<span class="file"><i></i>${escaped(text)}</span>` : words(text);
  const time = new Date(at).toTimeString().slice(0, 5);
  const who = `<div class="who" style="color:${COLOURS[from] ?? '#444'}">${escaped(from)}<time>${time}</time></div>`;
  return `<div class="message${from === 'Kin' ? '' : ' own'}">${who}<div class="bubble">${body}</div></div>`;
}

/** A message's text: places of sources stand out, passages are set off and shortened. */
function words(text: string): string {
  let passages = 0;
  const parts = text.split(/\n+/).map((line) => {
    if (/^\[\d+\]/.test(line)) return `<span class="place">${escaped(line)}</span>`;
    if (!/^[“„]/.test(line)) return `${escaped(line)}\n`;
    passages += 1;
    return passages > WHOLE_PASSAGES ? '' : `<span class="passage">${escaped(shortened(line))}</span>`;
  });
  return parts.join('').trim();
}

function shortened(passage: string): string {
  if (passage.length <= MOST_OF_A_PASSAGE) return passage;
  return `${passage.slice(0, MOST_OF_A_PASSAGE).replace(/\s+\S*$/, '')} …”`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
