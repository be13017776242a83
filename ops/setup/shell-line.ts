import type { Plan } from './plan/plan.ts';

/** The whole line to type for a command of `kinkeeper`, from any folder. `product`: where the product lies. */
export function shellLine(
  { answers, settingsFile, containerHost }: Pick<Plan, 'answers' | 'settingsFile' | 'containerHost'>,
  product: string,
  command: string,
): string {
  const whose = containerHost === undefined ? '' : `CONTAINER_HOST=${containerHost} `;
  if (answers.kind === 'compose') return `cd ${product} && ${whose}docker compose exec ops kinkeeper ${command}`;
  return `cd ${product} && npm run kinkeeper -- ${command} --config ${settingsFile}`;
}
