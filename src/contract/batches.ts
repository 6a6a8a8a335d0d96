import { z } from 'zod'
import { named, pageOf, pageQuery, time } from './shared.ts'

/** Shapes of what was handed to Mailchimp as one batch, in the public API. */

const state = z.enum(['submitting', 'submitted', 'finished', 'cancelled', 'lost'])

export const batchQuery = pageQuery.extend({ state: state.optional().describe('Only batches in this state.') })

export const batch = named(
  'Batch',
  z
    .object({
      id: z.string(),
      mailchimp_id: z.string().nullable().describe('null until Mailchimp gave it.'),
      state: state.describe('lost: its end is unknown, and every contact in it goes singly.'),
      operations: z.int(),
      finished: z.int().describe('How many ran, with those that failed.'),
      errored: z.int(),
      detail: z.string().nullable(),
      created_at: time,
      submitted_at: time.nullable(),
      deadline_at: time.describe('From then on it is not waited for any longer.'),
      ended_at: time.nullable(),
    })
    .describe('Requests that went to Mailchimp as one batch.'),
  {
    id: 'bat_01m83t4cm0000000example001',
    mailchimp_id: 'example001',
    state: 'finished',
    operations: 500,
    finished: 500,
    errored: 2,
    detail: null,
    created_at: '2026-11-23T09:00:00.000Z',
    submitted_at: '2026-11-23T09:00:01.000Z',
    deadline_at: '2026-11-23T10:00:00.000Z',
    ended_at: '2026-11-23T09:01:30.000Z',
  },
)

export const batchPage = pageOf(batch)
