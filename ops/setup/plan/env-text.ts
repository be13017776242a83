import type { ComposeAnswers } from '../answers.ts';
import { MODEL_SIZES } from '../model-fit.ts';
import { SPOOL } from './compose-folders.ts';
import { VPN_ADDRESS } from './vpn-address.ts';

const HEAD = '# Written by `kinkeeper setup`; config/deploy/README.md says what each line means. Lines of others stay.';

/** What the addresses of the server's own networks begin with; homeserver.yaml has to say the same. */
export const NET = '172.31.25';

/** Lines that set-up writes with some answers: with others they go. */
const OWN: ReadonlySet<string> = new Set([
  ...['KINKEEPER_DATA', 'KINKEEPER_SPOOL', 'KINKEEPER_ADDRESS', 'KINKEEPER_ADDRESS6', 'KINKEEPER_NET', 'TZ'],
  ...['KINKEEPER_IPV6', 'COMPOSE_FILE', 'COMPOSE_PROFILES', 'BOT_METRICS', 'OPS_METRICS', 'OLLAMA_MEMORY'],
]);

/** What `.env` depends on besides the answers. */
export interface EnvFacts {
  /** The one that is fetched; undefined: none. */
  readonly model: string | undefined;
  /** What stands there. */
  readonly now: string;
  /** Of the product that set-up belongs to. */
  readonly version: string;
  readonly hasIpv6: boolean;
  /** Files of Compose, where others are meant than docker-compose.yml. */
  readonly file?: string;
}

/**
 * `.env` beside docker-compose.yml. Lines that are not set-up's stay as they are: the host helper writes image and version at an update,
 * and people name other images.
 */
export function envText(answers: ComposeAnswers, facts: EnvFacts): string {
  const own = [...ownLines(answers, facts), ...(facts.file === undefined ? [] : [['COMPOSE_FILE', facts.file]])];
  const others = facts.now.split('\n').filter((line) => line !== '' && line !== HEAD && !OWN.has(line.split('=')[0]!));
  const lines = [HEAD, ...own.map(([name, value]) => `${name}=${value}`), ...withVersion(others, facts.version)];
  return `${lines.join('\n')}\n`;
}

/** An image of the checkout has the checkout's version, which the host helper compares releases with; one that is named by an update has its own. */
function withVersion(others: readonly string[], version: string): readonly string[] {
  if (others.some((line) => /^KINKEEPER_IMAGE=./.test(line))) return others;
  const line = `KINKEEPER_VERSION=${version}`;
  const at = others.findIndex((one) => one.startsWith('KINKEEPER_VERSION='));
  return at === -1 ? [line, ...others] : others.with(at, line);
}

/** Where the door listens: everywhere, in the VPN, or for this machine alone. Without IPv6 twice at the same address, which Compose takes for one. */
export function doorAddresses(
  { reach, devices }: Pick<ComposeAnswers, 'reach' | 'devices'>,
  { hasIpv6 }: Pick<EnvFacts, 'hasIpv6'>,
): { readonly v4: string; readonly v6: string } {
  const isOpen = reach === 'internet';
  const inside = devices.length === 0 ? '127.0.0.1' : VPN_ADDRESS;
  const v4 = isOpen ? '0.0.0.0' : inside;
  if (!hasIpv6) return { v4, v6: v4 };
  return { v4, v6: isOpen ? '[::]' : '[::1]' };
}

function ownLines(
  { data, reach, devices, profiles, timeZone }: ComposeAnswers,
  { model, hasIpv6 }: EnvFacts,
): [string, string][] {
  const size = MODEL_SIZES.find(({ name }) => name === model);
  const { v4, v6 } = doorAddresses({ reach, devices }, { hasIpv6 });
  return [
    ['KINKEEPER_DATA', data],
    ['KINKEEPER_SPOOL', SPOOL],
    ['KINKEEPER_ADDRESS', v4],
    ['KINKEEPER_ADDRESS6', v6],
    ...(hasIpv6 ? [] : ([['KINKEEPER_IPV6', 'false']] as [string, string][])),
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
