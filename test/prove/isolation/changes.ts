import type { Scene, Shown } from './operations.ts';
import { PEOPLE } from './world.ts';

/** Erases somebody with everything of theirs; half of them are let in again at once, as somebody new with nothing kept. */
export async function erase({ world, house, random }: Scene): Promise<Shown[]> {
  const person = random.of(PEOPLE);
  // Seldom, so that papers and shares gather in between.
  if (!world.known.has(person) || !random.chance(0.25)) return [];
  // Before it is over: from its first step on nothing of theirs may be seen.
  world.erase(person);
  await house.erase(person);
  if (house.state.shares.countOf(person) > 0) throw new Error('a share of somebody who was erased is left');
  if (random.chance(0.5)) {
    house.state.control.people.add({ id: person, role: 'member', language: 'en' });
    world.known.add(person);
  }
  return [];
}

/** Gives a person, a room or a shelf a new key, beside whatever happens meanwhile. False when it ended before. */
export async function changeKey({ house, random }: Scene): Promise<boolean> {
  const tenants = house.state.control.people.tenants();
  if (tenants.length === 0) return false;
  return house.changeKey(random.of(tenants).tenant);
}
