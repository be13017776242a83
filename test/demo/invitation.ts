import { passwordOf } from '../lab/household.ts';
import type { MatrixHome } from './matrix-home.ts';
import type { Terminal } from './terminal.ts';

/** Prints how to join the running house with a Matrix client, and what to try there. */
export function printInvitation(terminal: Terminal, { synapse, clients }: MatrixHome): void {
  const bold = (text: string) => terminal.paint('bold', text);
  const account = (local: string, about: string) =>
    `     ${bold(`@${local}:home.test`.padEnd(17))} password ${bold(passwordOf(local).padEnd(17))} ${about}`;
  const lines = [
    '',
    bold(' Now you: the house stays up until Ctrl-C'),
    '',
    `   Homeserver  ${bold(synapse.baseUrl)}  (this machine only; everything is deleted at the end)`,
    '',
    account('dora', 'a member who has not chatted yet'),
    account('ada', 'the admin; her ops room is there'),
    '',
    '   Element Desktop: Sign in, “Edit” beside the homeserver, paste the address above. Any other',
    '   client with encryption does as well; a web client may need leave to reach this machine.',
    ...(clients.ada.recoveryKey === undefined
      ? []
      : [
          '   Ada has a device already, so her new one asks to be verified. Her recovery key:',
          `     ${clients.ada.recoveryKey}`,
        ]),
    '',
    '   As Dora: start a direct chat with @kin:home.test, attach a PDF, ask about it, send !privacy',
    '   As Ada:  open “Kinkeeper ops”, send status, people, alerts, people add @otto:home.test',
    '',
  ];
  for (const line of lines) terminal.line(line);
}
