import { z } from 'zod'
import { time } from './shared.ts'

/** Shapes of the overview. */

export const overviewQuery = z.strictObject({
  integration_id: z.string().min(1).max(100).optional(),
  hours: z.enum(['1', '24', '168', '720']).default('24').describe('How far to look back.'),
})

const timing = z.object({
  count: z.int().describe('Of how many events.'),
  p50_ms: z.int().nullable(),
  p95_ms: z.int().nullable().describe('null of nothing.'),
})

export const overview = z.object({
  from: time,
  to: time,
  complete: z
    .boolean()
    .describe(
      'false when there was more than is counted: the newest 100,000 of each kind in each source or integration.',
    ),
  received: z.int().describe('Facts that Didomi told.'),
  delivered: z.int().describe('Requests that Mailchimp took.'),
  skipped: z
    .array(z.object({ reason: z.string(), says: z.string().nullable(), count: z.int() }))
    .describe('Debts that ended with nothing to send and have not been due since.'),
  failed: z
    .array(z.object({ reason: z.string(), says: z.string().nullable(), next: z.string().nullable(), count: z.int() }))
    .describe('Debts that ended dead or held and have not been due since.'),
  time_to_deliver: timing.describe(
    'From the receipt of an event to Mailchimp taking it: exact, over the newest 5,000 requests of the period, spread evenly over the integrations.',
  ),
  time_to_withdraw: timing.describe('The same of those events among them that may take something back.'),
  backlog: z.object({ waiting: z.int(), sending: z.int(), held: z.int(), dead: z.int() }).describe('As it is now.'),
  oldest_waiting_at: time.nullable(),
  oldest_withdrawal_at: time.nullable(),
  holds: z.array(
    z.object({
      integration_id: z.string().nullable().describe('null when the Mailchimp key is held, with all that use it.'),
      cause: z.string(),
      says: z.string(),
      next: z.string(),
      since: time,
    }),
  ),
  series: z
    .array(z.object({ at: time, received: z.int(), delivered: z.int(), skipped: z.int(), failed: z.int() }))
    .describe('Steps of equal width from `from` on; the last one is under way.'),
})
