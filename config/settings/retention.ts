import type { Setting } from '../setting.ts';
import { age, ageBounds, count, limitedAge } from '../setting-types.ts';

/** When what is kept goes. */
export const retentionSettings = {
  'erase.coolingOffHours': {
    type: count('hours', 0, 720),
    fallback: 72,
    meaning: 'How long `!delete-me` waits and can be taken back; 0: at once',
  },
  'erase.afterRemovalDays': {
    type: count('days', 0, 365),
    fallback: 30,
    meaning: 'When a person is erased whom an admin removed, who is frozen until then; 0: at once',
  },
  'retention.chat': {
    type: age,
    fallback: '30 days',
    meaning: 'How long questions and answers are remembered, where a person chose nothing else',
  },
  'retention.chatBounds': { type: ageBounds, fallback: '1 day to forever', meaning: 'What people may choose for them' },
  'retention.documents': {
    type: age,
    fallback: 'forever',
    meaning:
      'How long documents are kept, counted from when they were last sent; named to their person (or in their family room) a week before',
  },
  'retention.documentsBounds': {
    type: ageBounds,
    fallback: '30 days to forever',
    meaning: 'What people may choose for them',
  },
  'retention.badAnswers': {
    type: age,
    fallback: '1 year',
    meaning: 'How long answers marked with a thumbs-down are kept',
  },
  'retention.badAnswersBounds': {
    type: ageBounds,
    fallback: '1 day to forever',
    meaning: 'What people may choose for them',
  },
  'retention.audit': {
    type: limitedAge(30),
    fallback: '1 year',
    meaning: 'How long the rows of the audit trail are kept',
  },
  'retention.jobs': { type: limitedAge(7), fallback: '90 days', meaning: 'How long records of job runs are kept' },
  'retention.alerts': { type: limitedAge(7), fallback: '90 days', meaning: 'How long alerts that are over are kept' },
  'retention.ids': {
    type: limitedAge(7),
    fallback: '30 days',
    meaning: 'How long it is remembered which messages were handled and sent, so that none is twice',
  },
} as const satisfies Record<string, Setting>;
