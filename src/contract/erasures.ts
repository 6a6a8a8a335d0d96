import { z } from 'zod'
import { AT_MAILCHIMP, OBSTACLE_CODES, OBSTACLES } from '../domain/erasure.ts'
import { named, pageOf, time } from './shared.ts'

export const erasedCounts = z.object({
  facts: z.int().describe('What was told about them.'),
  bodies: z.int().describe('Bodies of webhooks that held a record of theirs; the records of others are still in them.'),
  attempts: z.int().describe('Requests to Mailchimp that were kept.'),
  deliveries: z.int().describe('Debts, one for each integration.'),
})

export const remains = z
  .array(z.string())
  .describe('Where something of the person may still be, though the service reads it no more.')

const obstacle = z.object({
  integration_id: z.string(),
  why: z.enum(OBSTACLE_CODES),
  says: z.string(),
})

export const erasure = named(
  'Erasure',
  z
    .object({
      id: z.string(),
      state: z
        .enum(['waiting', 'clearing', 'erased'])
        .describe(
          'waiting: for what is owed to Mailchimp; clearing: the data is gone, and soon from the files of the store as well; erased: done.',
        ),
      mailchimp: z
        .enum(AT_MAILCHIMP)
        .describe('What happens to the yes/no fields that were written for the person alone.'),
      asked_by: z.string(),
      asked_at: time.describe('What was chosen by then goes; what is chosen later is a new life.'),
      ends_by: time.describe('Mailchimp is waited for no longer than that, but for a request that is under way then.'),
      ended_at: time.nullable(),
      waits_for: z.array(obstacle).describe('What is in the way now.'),
      erased: erasedCounts.nullable().describe('How much of each was erased; null before that.'),
      unproven: z.array(obstacle).describe('What was in the way when the time was over: Mailchimp may not hold it.'),
      remains,
    })
    .describe('The erasure of one person, whom it does not name.'),
  {
    id: 'era_01m83t4cm0000000example001',
    state: 'waiting',
    mailchimp: 'deny',
    asked_by: 'the console',
    asked_at: '2026-11-23T09:00:00.000Z',
    ends_by: '2026-11-24T09:00:00.000Z',
    ended_at: null,
    waits_for: [{ integration_id: 'int_01m83t4cm0000000example001', why: 'due', says: OBSTACLES.due }],
    erased: null,
    unproven: [],
    remains: [],
  },
)

export const erasurePage = pageOf(erasure)
