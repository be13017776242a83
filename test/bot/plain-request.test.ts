import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../bot/plain-request.ts';

describe('plain words for the bot itself', () => {
  it.each([
    ...[
      'help',
      'Help!',
      'help me please',
      'What can you do?',
      'what can I ask you?',
      'How can you help me?',
      'commands',
    ],
    ...[
      'Hilfe',
      'hilfe bitte',
      'Was kannst du?',
      'Was kannst du alles?',
      'Wie funktionierst du?',
      'Welche Befehle gibt es?',
    ],
    ...[
      'Aide',
      'Que peux-tu faire ?',
      '¿Qué puedes hacer?',
      'ayuda',
      'aiuto',
      'Cosa sai fare?',
      'Ajuda',
      'Wat kun je doen?',
    ],
    ...['pomoc', 'Co potrafisz?', 'Yardım', 'Neler yapabilirsin?', 'Помощь', 'Что ты умеешь?'],
  ])('help: %s', (text) => {
    expect(plainRequest(text)).toEqual({ what: 'help' });
  });

  it.each([
    ...['files', 'my documents', 'Which documents do you have?', 'What files do you have of mine?', 'list documents'],
    ...['Show me all my documents, please', 'which documents did I send you?', 'Welche Dokumente hast du?', 'dateien'],
    ...['Zeig mir alle Dokumente', 'Zeige meine Dateien an', 'Welche Unterlagen hast du von mir?', 'Meine Dokumente'],
    ...[
      'Welche Dokumente habe ich dir geschickt?',
      'Mes documents',
      'Quels documents as-tu ?',
      '¿Qué documentos tienes?',
    ],
    ...[
      'Che documenti hai?',
      'Welke documenten heb je?',
      'Jakie masz dokumenty?',
      'Hangi belgeler var?',
      'Какие у тебя документы?',
    ],
  ])('files: %s', (text) => {
    expect(plainRequest(text)).toEqual({ what: 'files' });
  });

  it.each(['yes', 'Yes!', 'yes please', 'ja', 'Ja, bitte', 'ja K7QM3F', 'Do it'])('a bare yes: %s', (text) => {
    expect(plainRequest(text)).toEqual({ what: 'yes' });
  });

  it.each([
    ['delete document 3', '3'],
    ['Please delete the document number 3.', '3'],
    ['remove documents 1, 2 and 4', '1, 2 and 4'],
    ['forget files 1-3', '1-3'],
    ['lösche Dokument 3', '3'],
    ['Lösch bitte das Dokument Nr. 3', '3'],
    ['Vergiss Dokument 3!', '3'],
    ['Entferne die Dateien 3 und 4', '3 und 4'],
    ['supprime le document 3', '3'],
    ['borra el documento 3', '3'],
    ['usuń dokument 3', '3'],
    ['Удали документ 3', '3'],
    ['delete all my documents', ''],
    ['Lösche alles', ''],
  ])('to delete: %s', (text, numbers) => {
    expect(plainRequest(text)).toEqual({ what: 'forget', numbers });
  });

  it.each([
    ['delete the file lease 2024.pdf', 'lease 2024.pdf'],
    ['remove the file rent.pdf', 'rent.pdf'],
    ['Please delete "2024 Rent.pdf".', '2024 rent.pdf'],
    ['forget my file Rent.docx please', 'rent.docx'],
    ['Lösche die Datei Übergabe.pdf', 'ubergabe.pdf'],
    ['Vergiss bitte „Miete 2024.pdf“!', 'miete 2024.pdf'],
    ['supprime le fichier bail.pdf', 'bail.pdf'],
  ])('to delete a file by its name: %s', (text, name) => {
    expect(plainRequest(text)).toEqual({ what: 'forget', numbers: '', name });
  });

  it.each(['?', '??', '？', '¿?', '!?', '…', '...', '!!'])('signs alone: %s', (text) => {
    expect(plainRequest(text)).toEqual({ what: 'hint' });
  });

  it.each(['👍', '👍🏽', '❤️', '👨‍👩‍👧', '🇩🇪', '🙏🙏 😀', ':-)', ';)', ':D'])('emoji alone: %s', (text) => {
    expect(plainRequest(text)).toEqual({ what: 'emoji' });
  });

  it.each([
    ...['What help can I get under the insurance?', 'help with the tax return', 'Is there help for the mortgage?'],
    ...[
      'Which documents do you have to bring to the registration?',
      'Which documents do I need?',
      'documents for the visa',
    ],
    ...['What can you do about a late payment?', 'What can I do?', 'How does this work?', 'Hilfe zum Lebensunterhalt'],
    ...[
      'Welche Dokumente brauche ich?',
      'Welche Unterlagen hast du beim Amt abgegeben?',
      'Was kannst du mir zur Miete sagen?',
    ],
    ...[
      'How do I delete document history?',
      'Remove paper jam from the printer',
      'delete clause 3',
      'Delete files after how many years?',
    ],
    ...['Wann wird Dokument 3 gelöscht?', 'document 3', 'Rent 👍', '3', 'vergiss es', 'Befehle des Routers'],
  ])('is searched: %s', (text) => {
    expect(plainRequest(text)).toBeUndefined();
  });

  it('comes to an end with long and hostile lines', () => {
    const lines = [
      `delete documents ${'1'.repeat(100)}x`,
      `delete documents ${'1 '.repeat(50)}x`,
      '?'.repeat(5000),
      '👍'.repeat(60),
    ];
    // A pattern that goes back and forth would never come to its end here.
    for (const line of lines) expect(['hint', 'emoji', undefined]).toContain(plainRequest(line)?.what);
  });
});
