import { API_SCOPES } from '../../../core/api-key.ts';
import type { Scene, Shown } from './operations.ts';
import { PEOPLE } from './world.ts';

const YEAR_MS = 365 * 86_400_000;
const WORDS = 'rent boiler garden violin school'.split(' ');

/** Lists, asks and forgets by a key of the HTTP API: also by one whose person has left since, or was erased. */
export async function overHttp({ world, house, random, fresh }: Scene): Promise<Shown[]> {
  const person = random.of(PEOPLE);
  const spot = { person, room: undefined };
  const caller = house.callerAt(spot);
  const known = house.keys.get(person);
  const key = known ?? (caller && newKey());
  if (key === undefined) return [];
  house.keys.set(person, key);
  const probe = random.chance(0.4) ? random.of([...world.canaries(), 'zqnothingthere']) : undefined;
  const papers = world.papersAt(spot);
  const paper = papers.length > 0 && random.chance(0.5) ? random.of(papers) : undefined;
  const number = paper?.number ?? 1 + random.below(60);
  const ask = { method: 'POST', body: JSON.stringify({ question: probe ?? `What about the ${random.of(WORDS)}?` }) };
  const what = random.of(['list', 'list', 'ask', 'ask', 'ask', 'forget']);
  const { status, text } =
    what === 'ask'
      ? await house.request(key, '/v1/ask', ask)
      : what === 'list'
        ? await house.request(key, `/v1/documents?limit=500&after=${random.below(3)}`)
        : await house.request(key, `/v1/documents/${number}`, { method: 'DELETE' });
  if (status === 401) {
    house.keys.delete(person);
    // Whoever was away in between has to make a new one, and nobody else.
    if (caller && house.state.control.apiKeys.of(caller).some(({ isEnded }) => !isEnded))
      throw new Error('a key that is good was refused');
    return [{ spot, text, typed: probe }];
  }
  if (!world.known.has(person)) throw new Error('a key outlived its person');
  if (status >= 500) throw new Error(`the API answered ${status}: ${text}`);
  const hit = papers.find((one) => one.number === number);
  if (what === 'forget' && status === 200) {
    if (!hit) throw new Error('something was forgotten that nobody kept');
    world.forget(spot, hit);
  } else if (what === 'forget' && hit) throw new Error(`a paper of one’s own was not forgotten: ${text}`);
  return [{ spot, text, typed: what === 'ask' ? probe : undefined }];

  function newKey(): string {
    const { apiKeys } = house.state.control;
    for (const old of apiKeys.of(caller!)) apiKeys.revoke(caller!, old.number);
    const wish = { name: fresh('key'), scopes: API_SCOPES, endsAt: world.now + 100 * YEAR_MS, source: fresh('$key') };
    return apiKeys.make(caller!, wish).text;
  }
}
