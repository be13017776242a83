import type { makePapers, Paper } from './documents/papers.ts';
import type { Narrator } from './narrator.ts';
import { Doubt, expectAbsent, expectShown, type Step } from './run-steps.ts';
import type { Actor, Stage } from './stage.ts';

/** A model that read the papers says that they don't tell; without one nothing is claimed about what hardly fits. */
const NO_CLAIM =
  /Your documents don.t say|Davon steht nichts in deinen Unterlagen|I can.t tell whether one of these answers it|Ob eine dieser Stellen deine Frage beantwortet, kann ich nicht beurteilen/;

/** Words that stand in Ben's papers only. */
const OF_BEN = [
  /Home insurance/i,
  /Mietvertrag/i,
  /House codes/i,
  /Northlight/i,
  /Tangerine/i,
  /Sommerfeld/i,
  /\b350\b/,
];

/** The afternoon of a family, step by step. Each step plays on the stage, tells the narrator, and checks what came. */
export function afternoon(stage: Stage, narrator: Narrator, papers: ReturnType<typeof makePapers>): Step[] {
  const scenes = new Scenes(stage, narrator);
  const { insurance, contract, codes, letter } = papers;
  return [
    scenes.step('Ada, the admin, gets what must never be lost', 'ops room', () => scenes.handover()),
    scenes.step('Ben opens a chat and is greeted', 'ben', () => scenes.greeting('ben', /never/)),
    scenes.step('Ben sends a policy of four pages', 'ben', () => scenes.paper('ben', insurance, /4 pages/)),
    scenes.step('Ben sends a German contract', 'ben', () => scenes.paper('ben', contract, /docx/)),
    scenes.step('Ben sends the codes of the house', 'ben', () => scenes.paper('ben', codes, /csv/)),
    scenes.step('A question: the answer stands on one page', 'ben', () =>
      scenes.question('How much do we pay ourselves when a pipe bursts?', 'Home insurance 2026.pdf, page 3'),
    ),
    scenes.step('A question that needs the one before', 'ben', () =>
      scenes.question('And how soon do we have to report it?', 'Home insurance 2026.pdf, page 4'),
    ),
    scenes.step('An English question about a German paper', 'ben', () =>
      scenes.question('Which pets may we keep: a dog, a cat, hamsters?', 'Mietvertrag Lindenallee.docx, § 6 Haustiere'),
    ),
    scenes.step('A question that no paper answers', 'ben', () => scenes.noAnswer()),
    scenes.step('A code, from a table', 'ben', () => scenes.question('What is the Wi-Fi password?', 'House codes.csv')),
    scenes.step('Cora has one paper of her own, and asks the same', 'cora', () => scenes.othersGetNothing(letter)),
    scenes.step('A stranger knocks', 'otto', () => scenes.stranger()),
    scenes.step('Ben takes a file back, and it is forgotten', 'ben', () => scenes.forgetting(codes)),
    scenes.step('Ada looks how the house is doing', 'ops room', () => scenes.status()),
  ];
}

class Scenes {
  readonly #stage: Stage;
  readonly #narrator: Narrator;

  constructor(stage: Stage, narrator: Narrator) {
    this.#stage = stage;
    this.#narrator = narrator;
  }

  step(title: string, where: Actor | 'ops room', play: Step['play']): Step {
    return { title, place: this.#stage.placeOf(where), play };
  }

  async handover(): Promise<string> {
    const told = await this.#waiting(() => this.#stage.findHandover());
    for (const text of told) this.#narrator.answers(text);
    const all = told.join('\n');
    if (this.#stage.kind === 'console') {
      expectShown(all, [/recovery code/i]);
      return 'the recovery code was shown once';
    }
    expectShown(all, [/This is the ops room/, /recovery key for Matrix/, /recovery code for everything/]);
    return 'recovery key and recovery code were handed over, encrypted, once';
  }

  async greeting(actor: Actor, promise: RegExp): Promise<string> {
    if (this.#stage.kind === 'matrix') this.#narrator.notes('Ben opens an encrypted chat with @kin:home.test.');
    const text = await this.#waiting(() => this.#stage.meet(actor));
    this.#narrator.answers(text);
    if (this.#stage.kind === 'console') return 'the console is open';
    expectShown(text, [promise]);
    return 'greeted once: what it does, what it keeps, what it never does';
  }

  async paper(actor: Actor, paper: Paper, also: RegExp): Promise<string> {
    const read = new RegExp(`(read|habe) ${literal(paper.name)}(:| gelesen)`);
    this.#narrator.attaches(actor, paper);
    const text = await this.#waiting(() => this.#stage.send(actor, paper, read));
    this.#narrator.answers(text);
    expectShown(text, [also, /\d+ (passage|Abschnitt)/]);
    return 'read, sealed under a key of its own, and the file itself let go';
  }

  /** Asks as Ben and looks for the place where the answer stands. */
  async question(question: string, place: string): Promise<string | Doubt> {
    const answer = await this.#ask('ben', question);
    return this.#judge([answer], new RegExp(literal(place)), `the place is named: ${place}`);
  }

  async noAnswer(): Promise<string | Doubt> {
    const answer = await this.#ask('ben', 'Which dentist do the children go to?');
    return this.#judge([answer], NO_CLAIM, 'it does not know, says so and invents nothing');
  }

  async othersGetNothing(letter: Paper): Promise<string | Doubt> {
    if (this.#stage.kind === 'matrix') await this.#stage.meet('cora');
    await this.paper('cora', letter, /gelesen/);
    const answers = [
      await this.#ask('cora', 'Wie viel zahlen wir selbst bei einem Rohrbruch?'),
      await this.#ask('cora', 'Wie lautet das WLAN-Passwort?'),
    ];
    expectAbsent(this.#stage.seenBy('cora'), OF_BEN);
    return this.#judge(answers, NO_CLAIM, 'nothing of Ben’s reached her: no word, no file name');
  }

  async stranger(): Promise<string> {
    if (this.#stage.kind === 'matrix') this.#narrator.notes('Otto from next door invites @kin:home.test to a chat.');
    const { stranger, admin } = await this.#waiting(() => this.#stage.knock('otto'));
    this.#narrator.notes(stranger);
    if (admin !== undefined) {
      this.#narrator.notes('In the ops room Ada reads:');
      this.#narrator.answers(admin);
    }
    return 'refused, unread';
  }

  async forgetting(codes: Paper): Promise<string> {
    const how = this.#stage.kind === 'matrix' ? 'deletes the message that brought' : 'has the bot forget';
    this.#narrator.notes(`Ben ${how} ${codes.name}.`);
    const forgotten = await this.#waiting(() =>
      this.#stage.takeBack('ben', codes, /[Ff]org[eo]t(ten)?:? House codes\.csv/),
    );
    this.#narrator.answers(forgotten);
    const again = await this.#ask('ben', 'What is the Wi-Fi password?');
    expectAbsent([again], [/Tangerine/, /House codes/]);
    return 'asked again, nothing of it is left';
  }

  async status(): Promise<string> {
    this.#narrator.says('ada', '!status');
    const text = await this.#waiting(() => this.#stage.command('!status', /Kept for/));
    this.#narrator.answers(text);
    expectShown(text, [/3 documents/]);
    if (this.#stage.kind === 'matrix') expectShown(text, [/Jobs alive/]);
    expectAbsent([text], [...OF_BEN, /Elternbrief/]);
    return 'counts and sizes, and nobody’s words';
  }

  async #ask(actor: Actor, question: string): Promise<string> {
    this.#narrator.says(actor, question);
    const text = await this.#waiting(() => this.#stage.ask(actor, question));
    this.#narrator.answers(text);
    return text;
  }

  /** What was found when every answer shows the pattern; else a doubt where models decide, and NotShown where they don't. */
  #judge(answers: readonly string[], pattern: RegExp, found: string): string | Doubt {
    if (answers.every((answer) => pattern.test(answer))) return found;
    if (this.#stage.modelsDecide)
      return new Doubt(`answered; a careful reader would have shown “${pattern.source.replaceAll('\\', '')}”`);
    for (const answer of answers) expectShown(answer, [pattern]);
    return found;
  }

  async #waiting<Result>(work: () => Promise<Result>): Promise<Result> {
    const stop = this.#narrator.waits();
    try {
      return await work();
    } finally {
      stop();
    }
  }
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
