import type { Plan } from './plan/plan.ts';

/** The whole line to type for a command of `kinkeeper`, from any folder. `product`: where the product lies. */
export function shellLine({ answers, settingsFile }: Plan, product: string, command: string): string {
  if (answers.kind === 'compose') return `cd ${product} && docker compose exec ops kinkeeper ${command}`;
  return `cd ${product} && npm run kinkeeper -- ${command} --config ${settingsFile}`;
}
