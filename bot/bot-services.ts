import { houseSeries } from '../core/house-series.ts';
import { IncidentDesk } from '../core/incident/incident-desk.ts';
import { indexWords } from '../core/ingest/index-words.ts';
import { serverOf } from '../core/person-id.ts';
import { readChecklist } from '../core/posture.ts';
import type { BotParts } from './bot-parts.ts';
import type { BotFigures, CommandServices } from './commands/services.ts';
import { countKept } from './count-kept.ts';
import { embeddingProgress } from './embedding-progress.ts';
import { InRooms } from './in-rooms.ts';
import type { Lane } from './lane.ts';
import type { Inbox } from './matrix/inbox.ts';
import type { Outbox } from './matrix/outbox.ts';

/** What commands are given in chats; the rest comes from what the bot is made of. */
export function botServices(
  parts: BotParts,
  own: Pick<
    CommandServices,
    | 'figures'
    | 'lockDown'
    | 'stopQuestions'
    | 'refreshOpsRoom'
    | 'departures'
    | 'accounts'
    | 'handOver'
    | 'tellPerson'
    | 'changes'
  >,
): CommandServices {
  const { state, db, session, clock, retention, backups, services } = parts;
  const { people, alerts, heartbeats, jobs, requests, audit, identities } = state.control;
  return {
    ...services,
    ...own,
    inRooms: new InRooms({ vault: state.vault, db, people, families: state.rooms }),
    wordsOf: indexWords(parts),
    vault: state.vault,
    keys: state.keys,
    incident: new IncidentDesk(state.control, parts.seeRotation),
    shares: state.shares,
    people,
    identities,
    apiKeys: state.control.apiKeys,
    alerts,
    heartbeats,
    jobs,
    requests,
    generations: state.control.backups,
    checklist: () => readChecklist(state.control.facts),
    audit,
    clock,
    retention,
    backups,
    series: () => houseSeries(state.control, clock()),
    progress: () => embeddingProgress(state, services.models().embedder),
    server: serverOf(session.userId),
    bot: session.userId as CommandServices['bot'],
  };
}

/** What the bot tells about itself, counted now. */
export function botFigures(
  { state, version }: Pick<BotParts, 'state' | 'version'>,
  now: {
    readonly startedAt: number;
    readonly lanes: { readonly questions: Lane; readonly files: Lane; readonly scans: Lane };
    readonly inbox: Inbox;
    readonly outbox: Outbox;
  },
): BotFigures {
  const { startedAt, lanes, inbox, outbox } = now;
  return {
    version,
    startedAt,
    memoryBytes: process.memoryUsage.rss(),
    ...countKept(state),
    filesWaiting: lanes.files.length() + lanes.scans.length(),
    questionsWaiting: lanes.questions.length(),
    repliesWaiting: outbox.length(),
    undecryptable: inbox.counts().waiting,
  };
}
