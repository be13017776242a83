import { replaceMarks } from '../../core/wording/markdown.ts';

/** Where the console writes: answers on one stream, what only accompanies them on the other. */
export interface Screen {
  /** A text of ours, or an answer, as Markdown; followed by an empty line. */
  say(markdown: string): void;
  /** The state of work that goes on; on a terminal it is overwritten by the next, elsewhere it is a line of its own. */
  progress(markdown: string): void;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

const CLEAR_LINE = '\r\u001b[2K';
const BOLD = ['\u001b[1m', '\u001b[22m'] as const;

/** Makes the console's screen. Control characters never get through, whatever a document or a model wrote. */
export function createScreen(output: Stream, status: Stream): Screen {
  let shown = '';
  const clear = () => {
    if (shown !== '' && status.isTTY) status.write(CLEAR_LINE);
    shown = '';
  };
  return {
    say(markdown) {
      clear();
      output.write(`${render(markdown, output.isTTY === true)}\n\n`);
    },
    progress(markdown) {
      const line = render(markdown, false).replaceAll('\n', '  ');
      if (line === shown) return;
      clear();
      shown = line;
      status.write(status.isTTY ? line : `${line}\n`);
    },
  };
}

function render(markdown: string, styled: boolean): string {
  // Everything that a terminal would obey, except line ends and tabs.
  const safe = markdown.replace(/(?![\n\t])\p{Cc}/gu, '');
  let bold = 0;
  return replaceMarks(safe, (mark) => (styled && mark === '**' ? BOLD[bold++ % 2]! : ''));
}
