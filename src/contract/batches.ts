import { z } from 'zod'
import { pageQuery, time } from './shared.ts'

/** Shapes of what was handed to Mailchimp as one batch, in the public API. */

const state = z.enum(['submitting', 'submitted', 'finished', 'cancelled', 'lost'])

export const batchQuery = pageQuery.extend({ state: state.optional() })

export const batch = z.object({
  id: z.string(),
  mailchimp_id: z.string().nullable().describe('null until Mailchimp told it.'),
  state: state.describe('lost: nobody can say any more how it ended, and everybody in it goes singly.'),
  operations: z.int(),
  finished: z.int().describe('How many ran, with those that failed.'),
  errored: z.int(),
  detail: z.string().nullable(),
  created_at: time,
  submitted_at: time.nullable(),
  deadline_at: time.describe('From then on it is not waited for any longer.'),
  ended_at: time.nullable(),
})
