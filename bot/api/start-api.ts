import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import { type ApiBackend, startApiServer } from './api-server.ts';
import { proxyList } from './client-address.ts';
import { API_RATES } from './guard.ts';
import { GUESS_LIMITS } from './guess-watch.ts';

/** The bot that the HTTP API finds behind it; undefined while it is sealed or locked down. */
export interface Door {
  bot: ApiBackend | undefined;
}

/** What the settings say of it. */
interface ApiSettings {
  readonly listen: { readonly host: string; readonly port: number } | 'off';
  readonly proxies: readonly string[];
  readonly fileBytes: number;
}

/** Starts the HTTP API with the limits that people have; undefined where it is turned off. Called by the entry file. */
export async function startApi(
  { listen, proxies, fileBytes }: ApiSettings,
  door: Door,
  more: { readonly version: string; readonly clock: Clock; readonly log: Logger },
): Promise<AsyncDisposable | undefined> {
  if (listen === 'off') return undefined;
  const limits = { rates: API_RATES, guesses: GUESS_LIMITS, proxies: proxyList(proxies), fileBytes };
  return startApiServer(listen, { backend: () => door.bot, ...limits, ...more });
}
