import type { Language } from '../caller.ts';

const WHY: Readonly<Record<Language, Readonly<Record<'records' | 'log-files' | 'host' | 'helper' | 'large', string>>>> =
  {
    en: {
      records:
        'the records (audit trail, runs of jobs, alerts), which are locked: the evidence that the lockdown kept by itself has them where ops ran; else make it again after `kinkeeper unlock`',
      'log-files':
        'the logs of Kinkeeper, which go to no file (`logFile.path`): keep them by `journalctl --since -7d > FILE` or `docker compose logs > FILE`',
      host: 'the logs of the host, as there is no host helper (`host.spoolDir`): keep them as root by `cp -a /var/log FOLDER`',
      helper:
        'what the host helper copies, because it did not answer: keep it as root by `cp -a /var/log FOLDER`; its `acts.log` says more',
      large: 'what was too large',
    },
    de: {
      records:
        'die Aufzeichnungen (Protokollkette, Läufe, Warnungen), die gesperrt sind: Die Beweise, die die Sperre von selbst gesichert hat, enthalten sie, wenn Ops lief; sonst nach `kinkeeper unlock` noch einmal sichern',
      'log-files':
        'die Logs von Kinkeeper, die in keine Datei gehen (`logFile.path`): sichere sie mit `journalctl --since -7d > DATEI` oder `docker compose logs > DATEI`',
      host: 'die Logs des Hosts, denn es gibt keinen Host-Helfer (`host.spoolDir`): sichere sie als root mit `cp -a /var/log ORDNER`',
      helper:
        'was der Host-Helfer kopiert, denn er hat nicht geantwortet: sichere es als root mit `cp -a /var/log ORDNER`; sein `acts.log` sagt mehr',
      large: 'was zu groß war',
    },
  };

const UNREADABLE: Readonly<Record<Language, (file: string) => string>> = {
  en: (file) => `\`${file}\`, which could not be read`,
  de: (file) => `\`${file}\`, nicht lesbar`,
};

/**
 * What is not in an archive of evidence, why, and how it is had, as Markdown: one text for each part. `missing`: names of ours as
 * evidence.json has them (ops/incident/evidence-files.ts). For the ops room and the shell.
 */
export function missingEvidence(language: Language, missing: readonly string[]): string[] {
  const texts = missing.map((name) => {
    if (name.startsWith('too-large:')) return WHY[language].large;
    if (name === 'records' || name === 'log-files' || name === 'host') return WHY[language][name];
    return name.startsWith('host/') ? WHY[language].helper : UNREADABLE[language](name.replaceAll('`', ''));
  });
  return [...new Set(texts)];
}
