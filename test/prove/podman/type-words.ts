import type { PodmanMachine } from '../../lab/podman/podman-machine.ts';

/** What README, runbook and checklist have root type in the folder of the product, and what each has to say then. */
const WORDS: Readonly<Record<string, RegExp>> = {
  'docker compose ps': /kinkeeper-bot-1[\s\S]*kinkeeper-synapse-1/,
  'docker compose logs bot ops': /^(?=[\s\S]*bot-1 +\|)(?=[\s\S]*ops-1 +\|)/,
  'docker compose exec ops kinkeeper doctor': /^ok +bot +bot is running$/m,
  'docker compose restart bot': /kinkeeper-bot-1 +Started/,
  'docker exec kinkeeper-nginx-1 nginx -s reload': /./,
};
/** Of the last page of set-up. */
const PRINTED =
  /cd \/opt\/kinkeeper && (?:\S+ )?docker compose exec ops kinkeeper (?:doctor|people reset \S+:home\.test)/g;
const SAYS: Readonly<Record<string, RegExp>> = { doctor: /^ok +bot +bot is running$/m, people: /Passwor[dt] {2}\S+/ };

/**
 * Types what set-up printed, in a shell as it comes, and what the documentation names, after a log-in. Resolves to the lines that did not do what they
 * are for. `printed`: what set-up said.
 */
export async function typeWords(machine: PodmanMachine, printed: string): Promise<string[]> {
  const faults: string[] = [];
  const judge = (line: string, { code, said }: { code: number | undefined; said: string }, wanted: RegExp) => {
    if (code !== 0 || !wanted.test(said)) faults.push(`\`${line}\` ended with ${code}: ${said.slice(-400)}`);
  };
  const lines = [...new Set(printed.match(PRINTED))];
  if (lines.length !== 2) faults.push(`set-up printed ${lines.length} lines to type, not 2`);
  for (const line of lines) {
    const name = line.includes(' doctor') ? 'doctor' : 'people';
    // A password is given anew only to the address that was typed a second time.
    judge(line, await machine.attempt(line, name === 'people' ? '@ada:home.test\n' : ''), SAYS[name]!);
  }
  for (const [words, wanted] of Object.entries(WORDS))
    judge(words, await machine.typed(`cd /opt/kinkeeper && ${words}`), wanted);
  return faults;
}
