import { ageMs } from '../core/retention/age.ts';
import { sweepRetention } from '../core/retention/sweep.ts';
import { trustClock } from '../core/retention/trust-clock.ts';
import { sweepShares } from '../core/shelf-keeping-vault.ts';
import { AlertDesk } from './alert-desk.ts';
import type { BotFrame, Common } from './bot-frame.ts';
import type { Dispatcher } from './dispatcher.ts';
import { endEmptyRooms } from './end-empty-rooms.ts';
import { Housekeeping, type HousekeepingParts } from './housekeeping.ts';
import { retentionNotices, roomRetentionNotices } from './retention-notices.ts';
import { dropEnded } from './tell-person.ts';

/** The bot's own round of small work, with the desks that it wakes. Called where the bot is put together. */
export function makeHousekeeping(
  { parts, inbox, outbox, rooms, figures, wakeSender, wakeLooking }: BotFrame & Pick<HousekeepingParts, 'figures'>,
  common: Common,
  tellWaiting: Dispatcher['tellWaiting'],
): Housekeeping {
  const { state, retention, clock, log } = parts;
  const { people, alerts, heartbeats } = state.control;
  const noticing = { ...common, people, rooms, outbox, wake: wakeSender };
  const [sweeping, inRooms] = [retentionNotices(noticing), roomRetentionNotices(noticing)];
  const alertDesk = new AlertDesk({ alerts, people, outbox, opsRoom: common.opsRoom, clock, wake: wakeSender });
  return new Housekeeping({
    ...{ inbox, outbox, people, alerts, heartbeats, figures, tellWaiting, clock },
    tellAlerts: () => alertDesk.tick(),
    trustsClock: (now) => trustClock(state.control, now),
    sweep: (now) =>
      sweepRetention(
        {
          ...{ ...sweeping, ...state, policy: retention, people: people.list(), log },
          families: { ...inRooms, rooms: state.rooms.list() },
        },
        now,
      ),
    endWhatIsOver: (now) => {
      try {
        sweepShares({ ...state, people });
        dropEnded({ outbox, people });
      } finally {
        endEmptyRooms({ ...common, rooms, people, families: state.rooms, clock: () => now });
      }
    },
    idsKeptMs: ageMs(retention.house.ids),
    wake: wakeLooking,
  });
}
