import type { ComposeAnswers } from '../answers.ts';
import { MODEL_SIZES } from '../model-fit.ts';
import { SPOOL } from './compose-folders.ts';
import { VPN_ADDRESS } from './host-helper-files.ts';

const HEAD = '# Written by `kinkeeper setup`; config/deploy/README.md says what each line means. Lines of others stay.';

/** What the addresses of the server's own networks begin with; homeserver.yaml has to say the same. */
export const NET = '172.31.25';

/** Lines that set-up writes with some answers: with others they go. */
const OWN: ReadonlySet<string> = new Set([
  ...['KINKEEPER_DATA', 'KINKEEPER_SPOOL', 'KINKEEPER_ADDRESS', 'KINKEEPER_ADDRESS6', 'KINKEEPER_NET', 'TZ'],
  ...['COMPOSE_FILE', 'COMPOSE_PROFILES', 'BOT_METRICS', 'OPS_METRICS', 'OLLAMA_MEMORY'],
]);

/**
 * `.env` beside docker-compose.yml. Lines that are not set-up's stay as they are: the host helper writes image and version at an update,
 * and people name other images.
 */
export function envText(
  answers: ComposeAnswers,
  {
    model,
    now,
    file,
  }: {
    readonly model: string | undefined;
    readonly now: string /** Left out: docker-compose.yml. */;
    readonly file?: string;
  },
): string {
  const own = [...ownLines(answers, model), ...(file === undefined ? [] : [['COMPOSE_FILE', file]])];
  const others = now.split('\n').filter((line) => line !== '' && line !== HEAD && !OWN.has(line.split('=')[0]!));
  return `${[HEAD, ...own.map(([name, value]) => `${name}=${value}`), ...others].join('\n')}\n`;
}

/** Where the door listens: everywhere, in the VPN, or for this machine alone. */
export function doorAddresses({ reach, devices }: Pick<ComposeAnswers, 'reach' | 'devices'>): {
  readonly v4: string;
  readonly v6: string;
} {
  if (reach === 'internet') return { v4: '0.0.0.0', v6: '[::]' };
  return { v4: devices.length === 0 ? '127.0.0.1' : VPN_ADDRESS, v6: '[::1]' };
}

function ownLines(
  { data, reach, devices, profiles, timeZone }: ComposeAnswers,
  model: string | undefined,
): [string, string][] {
  const size = MODEL_SIZES.find(({ name }) => name === model);
  const { v4, v6 } = doorAddresses({ reach, devices });
  return [
    ['KINKEEPER_DATA', data],
    ['KINKEEPER_SPOOL', SPOOL],
    ['KINKEEPER_ADDRESS', v4],
    ['KINKEEPER_ADDRESS6', v6],
    ['KINKEEPER_NET', NET],
    ['TZ', timeZone],
    ['COMPOSE_PROFILES', profiles.join(',')],
    ...(profiles.includes('monitoring')
      ? ([
          ['BOT_METRICS', '0.0.0.0:9465'],
          ['OPS_METRICS', '0.0.0.0:9466'],
        ] as [string, string][])
      : []),
    ...(size === undefined
      ? []
      : ([['OLLAMA_MEMORY', `${Math.ceil(size.memoryBytes / 1024 ** 2)}m`]] as [string, string][])),
  ];
}
