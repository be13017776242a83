import type { Plan } from './plan/plan.ts';

/** What a line to type goes by. */
type Placed = Pick<Plan, 'answers' | 'settingsFile' | 'containerHost'>;

/** The whole line to type for a command of `kinkeeper`, from any folder. `product`: where the product lies. */
export function shellLine(plan: Placed, product: string, command: string): string {
  const { answers, settingsFile } = plan;
  if (answers.kind === 'compose') return composeLine(plan, product, `exec ops kinkeeper ${command}`);
  return `cd ${product} && npm run kinkeeper -- ${command} --config ${settingsFile}`;
}

/** The whole line to type for Compose, from any folder and in any shell of root's. */
export function composeLine({ containerHost }: Pick<Plan, 'containerHost'>, product: string, command: string): string {
  const whose = containerHost === undefined ? '' : `DOCKER_HOST=${containerHost} `;
  return `cd ${product} && ${whose}docker compose ${command}`;
}
