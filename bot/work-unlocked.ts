import { gramsOf } from '../core/ask/grams.ts';
import { keptBackups, prunedPlaces } from '../core/backup/kept-backups.ts';
import { keepingPlaces } from '../core/backup/removal-note.ts';
import type { Language } from '../core/caller.ts';
import { systemClock } from '../core/clock.ts';
import { BackgroundEmbedder } from '../core/embed/background-embedder.ts';
import { seeRotation } from '../core/incident/rotation-sight.ts';
import { productVersion } from '../core/product-version.ts';
import { botMetrics } from '../core/prometheus/bot-metrics.ts';
import { startMetricsServer } from '../core/prometheus/metrics-server.ts';
import { drawPng } from '../core/resvg/draw-png.ts';
import { loadTokenVectors } from '../core/static-embedder/token-vectors.ts';
import { endTrial } from '../core/trial.ts';
import { writeSealedZip } from '../core/zipjs/sealed-zip.ts';
import { makeAsking } from './asking.ts';
import { auditStart } from './audit-start.ts';
import { Bot } from './bot.ts';
import type { BotParts } from './bot-parts.ts';
import { type ChosenModels, chooseModels } from './choose-models.ts';
import type { LockedParts } from './locked-bot.ts';
import { Homeserver } from './matrix/homeserver.ts';
import { RoomBook } from './matrix/room-book.ts';
import { SynapseAccounts } from './matrix/synapse-accounts.ts';
import { openIndex } from './open-index.ts';
import { opsRoomId } from './ops-room.ts';
import { PasswordFile } from './password-file.ts';
import { phaseOf } from './phase.ts';
import { rotationPlaces } from './rotation-places.ts';
import { startEmbedding } from './start-embedding.ts';
import { watchedModel } from './watched-model.ts';
import type { RunningParts, WorkingParts } from './working-parts.ts';

/** What the locked bot still knows of the open one. */
export type Known = Pick<LockedParts, 'people' | 'opsRoom' | 'language'>;

/**
 * The bot at work, from an unlock to a signal (then undefined) or a lockdown. Either way `opened` is closed and its keys are wiped. Called by
 * the entry file.
 */
export async function workUnlocked(parts: WorkingParts, stop: AbortController): Promise<Known | undefined> {
  const { config, secrets, opened, session, lockdown, door, log } = parts;
  await using cleanup = new AsyncDisposableStack();
  cleanup.use(opened);
  const phase = phaseOf(stop, cleanup);
  noteStart(parts);
  const models = await chooseModels(config, secrets);
  cleanup.defer(models.close);
  noteModels(parts, models);
  const { state, index } = await openIndex(
    { ...{ config, secrets, log }, state: opened, model: models.embedder?.model },
    cleanup,
  );
  const metrics = await startMetrics(parts, cleanup);
  let bot: Bot | undefined;
  const background =
    models.embedder &&
    new BackgroundEmbedder({
      ...{ ...state.control, vault: state.vault, embedder: models.embedder, log },
      isBusy: () => bot?.isAnswering ?? false,
      onDocumentDeep: ({ tenant }, { number }) => bot?.onDeep(tenant, number),
    });
  let lockedBy: Language | undefined;
  const homeserver = new Homeserver(config.matrix.homeserver, phase.signal).withSession(session);
  bot = new Bot(
    {
      ...settledParts(parts),
      ...askingParts(parts, { state, index, models }),
      ...{ state, homeserver, index, meter: metrics?.meter },
      services: { models: () => models.inUse },
      onStored: background && (() => background.wake()),
      onKeyChanged: (tenant) => index?.keyChanged(tenant),
      onLockdown: (language) => {
        lockedBy = language;
        lockdown.begin(systemClock());
        // Once the command is answered: its words are in the outbox then, which outlasts the lockdown.
        setImmediate(() => phase.abort());
      },
    },
    phase,
  );
  door.bot = bot;
  cleanup.defer(() => {
    door.bot = undefined;
  });
  if (background) cleanup.use(startEmbedding(background, models.download, log));
  log.info({ models: models.why.map(({ key: choice, facts }) => ({ choice, ...facts })) }, 'the bot is up');
  await bot.run();
  if (lockedBy === undefined || stop.signal.aborted) return undefined;
  const { people, facts } = opened.control;
  return { people: people.list(), opsRoom: opsRoomId(facts), language: lockedBy };
}

/** Takes over who is in the settings, and writes down that and how the household was opened. */
function noteStart({ config, secrets, opened }: WorkingParts): void {
  const before = opened.control.people.list();
  opened.control.people.seed(config.people);
  endTrial(opened.control);
  const wasSealed = secrets.passphrase === undefined;
  auditStart(opened.control, { at: systemClock(), wasSealed, before, settings: config });
}

/** The models in use are read by `kinkeeper gdpr`. */
function noteModels({ opened, log }: WorkingParts, { inUse }: ChosenModels): void {
  opened.control.facts.set('models-in-use', JSON.stringify({ answering: inUse.answering, embedding: inUse.embedding }));
  if (inUse.embeddingState?.() === 'changed')
    log.warn('the embedding model was changed on disk and is not used: remove its folder (see `kinkeeper doctor`)');
}

/** undefined: the settings turn metrics off. */
async function startMetrics(
  { config, opened }: WorkingParts,
  cleanup: AsyncDisposableStack,
): Promise<ReturnType<typeof botMetrics> | undefined> {
  const { bot: at } = config.metrics;
  if (at === 'off') return undefined;
  const metrics = botMetrics(opened.control);
  cleanup.use(await startMetricsServer({ ...at, setting: 'metrics.bot' }, metrics.registry));
  return metrics;
}

/** Those that the settings and the packages decide. */
function settledParts({ config, secrets, files, opened, db, session, onStoreFailure, log }: WorkingParts) {
  const { matrix } = config;
  const { control } = opened;
  return {
    ...{ db, session, onStoreFailure, drawPng, log, clock: systemClock, version: productVersion() },
    packExport: writeSealedZip,
    opsRoomSetting: matrix.opsRoom,
    passwordFile: passwordFileIn(files),
    accounts:
      secrets.homeserverAdminToken && new SynapseAccounts(matrix.homeserver, secrets.homeserverAdminToken.reveal()),
    webClient: matrix.webClient,
    hasHostHelper: config.host.spoolDir !== undefined,
    seeRotation: () => seeRotation(rotationPlaces({ config, files }, control)),
    ...{ limits: config.limits, waits: config.erase, retention: config.retention },
    backups: keptBackups(control.backups, {
      rule: config.backup.keep,
      pruned: prunedPlaces(config.jobs.send, config.backup.remotes),
      keeping: () => keepingPlaces(control.facts),
      clock: systemClock,
    }),
  };
}

/** Those that answer. */
function askingParts(
  { session, db, log }: WorkingParts,
  { state, index, models }: Awaited<ReturnType<typeof openIndex>> & { readonly models: ChosenModels },
): Pick<BotParts, 'encoder' | 'gramsOf' | 'ask' | 'answering'> {
  const vectors = loadTokenVectors();
  const chat = models.parts.model;
  const watched = chat && { model: watchedModel(chat, { alerts: state.control.alerts, log }) };
  const means = { vectors, index, ...models.parts, ...watched };
  return { encoder: vectors, gramsOf, ...makeAsking({ state, session, means, rooms: new RoomBook(db) }) };
}

/** undefined: the password comes as a credential, or from nowhere. */
function passwordFileIn(files: RunningParts['files']): PasswordFile | undefined {
  const file = files.find(({ name }) => name === 'matrix.passwordFile');
  return file && new PasswordFile(file.path);
}
