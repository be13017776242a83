import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HOMESERVER_PREFIX, SQLITE_NAME } from '../backup/homeserver/homeserver-part.ts';
import { STATE_PREFIX } from '../backup/write-generation.ts';
import { carryOut, expectFree, expectNothing, giveToOwnerOf, type Move, movesOf } from './moves.ts';
import type { RestorePlaces } from './restore-places.ts';
import { removeStaging, stagingOf } from './unpack-archive.ts';

/** Without it the homeserver does not start: it comes last. */
const HOMESERVER_SETTINGS = 'homeserver.yaml';
/** Without it nobody opens a state folder: it comes last where pieces are moved. */
const KEY_FILE = 'keys.json';

/** Throws AppError `conflict` (reason `restore-target`) where a restore would write over something. */
export function expectEmptyPlaces({ stateDir, homeserver }: RestorePlaces): void {
  expectNothing(stateDir);
  if (homeserver.kind === 'none') return;
  if (homeserver.kind === 'sqlite') expectNothing(homeserver.database);
  expectNothing(homeserver.folder);
  expectNothing(homeserver.media);
}

/**
 * Gives everything that was put together its name. Safe to repeat after a kill at any line. Throws AppError `conflict` (reason
 * `restore-target`) when something has come to where it goes.
 */
export function placeRestored(places: RestorePlaces): void {
  const staging = stagingOf(places);
  const { stateDir, homeserver, settings } = places;
  const state = join(staging.state, STATE_PREFIX);
  expectFree(movesOf(state, stateDir, KEY_FILE));
  if (homeserver.kind !== 'none' && staging.homeserver !== undefined) {
    const below = join(staging.homeserver, HOMESERVER_PREFIX);
    giveToOwnerOf(homeserver.folder, below);
    carryOut(homeserverMoves(below, homeserver, join(staging.homeserver, SQLITE_NAME)));
  }
  giveToOwnerOf(stateDir, staging.state);
  carryOut(
    settings.flatMap(({ name, path }) => (existsSync(path) ? [] : [{ from: join(staging.state, name), to: path }])),
  );
  carryOut(movesOf(state, stateDir, KEY_FILE));
  removeStaging(staging);
}

function homeserverMoves(
  below: string,
  place: Exclude<RestorePlaces['homeserver'], { kind: 'none' }>,
  database: string,
): Move[] {
  const media = join(below, 'media');
  const settings = join(below, 'settings');
  const names = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
  const yamlLast = names(settings).toSorted((a) => (a === HOMESERVER_SETTINGS ? 1 : -1));
  return [
    ...names(media).map((name) => ({ from: join(media, name), to: join(place.media, name) })),
    ...(place.kind === 'sqlite' ? [{ from: database, to: place.database }] : []),
    ...yamlLast.map((name) => ({ from: join(settings, name), to: join(place.folder, name) })),
  ];
}
