import type Database from 'better-sqlite3';
import { guessLanguage } from '../ask/guess-language.ts';

/**
 * A step of tenant-migrations: the language of each passage, '' where nothing tells it, so that a question need not guess
 * those of its candidates. A later change of guessLanguage that matters needs a step that notes them anew.
 */
export function noteLanguages(db: Database.Database): void {
  db.exec('ALTER TABLE passages ADD COLUMN language TEXT');
  const some = db.prepare('SELECT id, text FROM passages WHERE id > ? ORDER BY id LIMIT 500');
  const note = db.prepare('UPDATE passages SET language = ? WHERE id = ?');
  for (let last = 0; ; ) {
    const rows = some.all(last) as { id: number; text: string }[];
    for (const { id, text } of rows) note.run(guessLanguage(text) ?? '', id);
    if (rows.length === 0) return;
    last = rows.at(-1)!.id;
  }
}
