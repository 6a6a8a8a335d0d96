import { z } from 'zod'
import { endCounts, endOrNull } from './deliveries.ts'
import { givenId, named, time } from './shared.ts'
import { inFigures, LIMITS } from '../domain/limits.ts'

/** Shapes of the overview. */

export const overviewQuery = z.strictObject({
  integration_id: givenId.optional().describe('Only of this integration.'),
  hours: z.enum(['1', '24', '168', '720']).default('24').describe('How far to look back.'),
})

const timing = z.object({
  count: z.int().describe('Of how many events.'),
  p50_ms: z.int().nullable(),
  p95_ms: z.int().nullable().describe('null of nothing.'),
})

export const overview = named(
  'Overview',
  z
    .object({
      from: time,
      to: time,
      complete: z
        .boolean()
        .describe(
          `false when there was more than is counted: the newest ${inFigures(LIMITS.overviewCounted)} of each kind in each source or integration.`,
        ),
      received: z.int().describe('Facts that Didomi sent.'),
      delivered: z.int().describe('Requests that Mailchimp took.'),
      skipped: z
        .array(z.object({ reason: z.string(), end: endOrNull, says: z.string().nullable(), count: z.int() }))
        .describe('Debts that ended well without a write, by reason, and have not been due since.'),
      failed: z
        .array(
          z.object({ reason: z.string(), says: z.string().nullable(), next: z.string().nullable(), count: z.int() }),
        )
        .describe('Debts that ended dead or held and have not been due since.'),
      time_to_deliver: timing.describe(
        `From the receipt of an event to Mailchimp taking it: exact, over the newest ${inFigures(LIMITS.overviewTimed)} requests of the period, spread evenly over the integrations.`,
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
        .array(
          z.object({
            at: time,
            received: z.int(),
            delivered: z.int(),
            skipped: z.int(),
            skipped_as: endCounts.describe('The skipped by how they ended.'),
            failed: z.int(),
          }),
        )
        .describe('Steps of equal width from `from` on; the last one is under way.'),
    })
    .describe('How things go: what came in, what became of it, how fast, and what waits.'),
  {
    from: '2026-11-22T10:00:00.000Z',
    to: '2026-11-23T09:30:00.000Z',
    complete: true,
    received: 1_200,
    delivered: 1_100,
    skipped: [
      {
        reason: 'no_such_contact',
        end: 'not_in_audience',
        says: 'The audience has no such contact, and this integration does not create contacts.',
        count: 90,
      },
    ],
    failed: [],
    time_to_deliver: { count: 1_100, p50_ms: 420, p95_ms: 1_900 },
    time_to_withdraw: { count: 40, p50_ms: 310, p95_ms: 700 },
    backlog: { waiting: 10, sending: 2, held: 0, dead: 0 },
    oldest_waiting_at: '2026-11-23T09:29:58.000Z',
    oldest_withdrawal_at: null,
    holds: [],
    series: [
      {
        at: '2026-11-22T10:00:00.000Z',
        received: 50,
        delivered: 48,
        skipped: 2,
        skipped_as: { in_step: 0, not_in_audience: 2, unmatched: 0, contact_gone: 0 },
        failed: 0,
      },
    ],
  },
)

export type Overview = z.infer<typeof overview>
