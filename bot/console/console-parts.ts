import type { LocalConfig } from '../../config/config.ts';
import { answerQuestion } from '../../core/ask/answer-question.ts';
import { gramsOf } from '../../core/ask/grams.ts';
import { keptBackups, prunedPlaces } from '../../core/backup/kept-backups.ts';
import { keepingPlaces } from '../../core/backup/removal-note.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { houseSeries } from '../../core/house-series.ts';
import { IncidentDesk } from '../../core/incident/incident-desk.ts';
import { indexWords } from '../../core/ingest/index-words.ts';
import type { Logger } from '../../core/log.ts';
import type { PassageSearch } from '../../core/passage-search.ts';
import { readChecklist } from '../../core/posture.ts';
import { productVersion } from '../../core/product-version.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import { writeSealedZip } from '../../core/zipjs/sealed-zip.ts';
import { answerText } from '../answer-text.ts';
import type { ChosenModels } from '../choose-models.ts';
import type { CommandServices, ModelsInUse } from '../commands/services.ts';
import { countKept } from '../count-kept.ts';
import { embeddingProgress } from '../embedding-progress.ts';
import { sharesOf } from '../export/shares-of.ts';
import { lentStores } from '../lent-stores.ts';
import type { ConsoleParts } from './console-session.ts';
import type { Screen } from './screen.ts';

/** What the console is put together from. */
export interface ConsoleSetup {
  readonly config: LocalConfig;
  readonly state: OpenState;
  /** Where passages are looked up; undefined: in the tenant's file itself. */
  readonly index: PassageSearch | undefined;
  readonly person: string;
  readonly models: ChosenModels;
  /** Called after a document was stored, to give it its dense vectors; undefined when there is no embedder. */
  readonly onStored: (() => void) | undefined;
  readonly screen: Screen;
  readonly log: Logger;
}

/** Puts core together for one person's console, as bot/main.ts does for the chats. */
export function consoleParts(setup: ConsoleSetup): ConsoleParts {
  const { config, state, index, person, models, screen, log } = setup;
  const { vault, control } = state;
  const vectors = loadTokenVectors();
  return {
    caller: () => {
      const caller = control.people.callerFor(person);
      if (caller === undefined) throw new AppError('not-found', `${person} is not known any more`);
      return caller;
    },
    files: { vault, encoder: vectors, gramsOf, limits: config.limits, clock: systemClock, onStored: setup.onStored },
    ask: async (caller, question, signal) => {
      const { language } = caller;
      const asked = { ...question, at: systemClock() };
      const answer = await answerQuestion(
        caller,
        asked,
        { vault, vectors, index, lent: lentStores(state.shares), ...models.parts },
        { signal, language },
      );
      return answerText(language, answer, { question: question.text });
    },
    services: {
      ...consoleServices(state, models.inUse, systemClock),
      retention: config.retention,
      backups: keptBackups(control.backups, {
        rule: config.backup.keep,
        pruned: prunedPlaces(config.jobs.send, config.backup.remotes),
        keeping: () => keepingPlaces(control.facts),
        clock: systemClock,
      }),
      wordsOf: indexWords({ encoder: vectors, gramsOf }),
    },
    exporting: {
      ...{ vault, people: control.people, audit: control.audit, alerts: control.alerts },
      ...{ version: productVersion(), pack: writeSealedZip, botRecords: undefined },
      shares: (caller) => sharesOf(state.shares, caller),
      apiKeys: control.apiKeys,
    },
    screen,
    log,
  };
}

/** Commands in the console: nothing waits anywhere, and there is no ops room to bring up to date. */
function consoleServices(
  state: OpenState,
  models: ModelsInUse,
  clock: Clock,
): Omit<CommandServices, 'wordsOf' | 'retention'> {
  const { vault, control } = state;
  const { people, alerts, heartbeats, jobs, requests, audit, identities } = control;
  const startedAt = clock();
  return {
    keys: state.keys,
    incident: new IncidentDesk(control),
    // Never reached: the console is no ops room.
    lockDown: () => {},
    ...{ vault, people, identities, alerts, heartbeats, audit, clock, shares: state.shares },
    apiKeys: control.apiKeys,
    ...{ jobs, requests, generations: control.backups, checklist: () => readChecklist(control.facts) },
    figures: () => ({
      version: productVersion(),
      startedAt,
      memoryBytes: process.memoryUsage.rss(),
      ...countKept(state),
      ...{ filesWaiting: 0, questionsWaiting: 0, repliesWaiting: 0, undecryptable: 0 },
    }),
    series: () => houseSeries(control, clock()),
    models: () => models,
    progress: () => embeddingProgress(state, models.embedder),
    server: '',
    bot: undefined,
    // The console takes the next line when the last one is answered; Ctrl+C ends it sooner.
    stopQuestions: () => ({ running: 0, waiting: 0 }),
    refreshOpsRoom: async () => false,
    handOver: undefined,
    changes: undefined,
    departures: undefined,
    // Whoever it is for finds it at their next `!files`.
    tellPerson: () => false,
  };
}
