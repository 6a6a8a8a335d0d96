import { z } from 'zod'
import { FACT_TYPES } from '../domain/fact.ts'
import { parseInstant } from '../domain/instant.ts'
import { ATTEMPT_REASONS } from '../domain/reason.ts'
import { attempt } from './attempts.ts'
import { pageOf, pageQuery, person, time } from './shared.ts'

/** Shapes of what came in. */

export const eventsRequest = z.strictObject({
  source_id: z.string(),
  events: z.array(z.unknown()).min(1).max(1_000).describe("Records of the shape of Didomi's webhooks."),
})

export const eventsAccepted = z.object({ received: z.int(), repeated: z.boolean() })

export const fact = z.object({
  id: z.string(),
  type: z.string(),
  entity_id: z.string(),
  user_id: z.string(),
  at: time,
  received_at: time,
  status: z.string(),
  regulation: z.string(),
  folds: z.boolean().describe('false for evidence of the family that the source does not fold.'),
  states: z.array(z.object({ place: z.string(), answer: z.union([z.boolean(), z.array(z.string())]) })),
})

const instant = z
  .string()
  .max(40)
  .refine(
    text => parseInstant(text) !== undefined,
    'is no RFC 3339 time with a zone, such as 2026-11-20T10:00:00Z (write + as %2B)',
  )

export const eventQuery = pageQuery
  .extend({
    source_id: z.string().min(1).max(100).optional(),
    person: person.optional(),
    from: instant.optional().describe('Received at this time or later; RFC 3339 with a zone.'),
    to: instant.optional().describe('Received before this time; RFC 3339 with a zone.'),
    type: z.enum(FACT_TYPES).optional(),
    answer_status: z
      .string()
      .regex(/^([1-5]\d\d|none)$/, 'is neither an HTTP status, such as 404, nor none')
      .optional()
      .describe(
        'The HTTP status that Mailchimp answered to an attempt that carried the event, or `none` for an attempt that ended without an answer.',
      ),
    attempt_reason: z
      .enum(ATTEMPT_REASONS)
      .optional()
      .describe('The reason of an attempt that carried the event; with `answer_status`, of the same attempt.'),
  })
  .refine(({ from, to }) => (parseInstant(from) ?? 0) < (parseInstant(to) ?? Number.POSITIVE_INFINITY), {
    message: 'is not after `from`',
    path: ['to'],
  })

export const listedEvent = fact.extend({
  source_id: z.string(),
  person: z.string().nullable().describe('null when the event names nobody.'),
  withdrawal: z.boolean().describe('It may take something back.'),
  deliveries: z
    .array(
      z.object({
        id: z.string(),
        integration_id: z.string(),
        status: z.string(),
        reason: z.string().nullable(),
        says: z.string().nullable(),
      }),
    )
    .describe('The debts of the person as they are now, in the integrations that read the source.'),
})

export const eventPage = pageOf(listedEvent).describe(
  'With `type`, `answer_status` or `attempt_reason` a page may hold fewer events than asked for, or none, while `next_cursor` is there: the search goes on from it.',
)

export const shownEvent = listedEvent.extend({
  body: z
    .string()
    .nullable()
    .describe(
      'As it came in, with whatever came beside it, but for people who were erased; bytes that are no UTF-8 are U+FFFD. null when it is not kept any longer.',
    ),
  attempts: z.array(attempt).describe('The newest attempts that took it to Mailchimp.'),
  explanation: z.string().nullable().describe('Why it changes nothing at Mailchimp; null when it counts.'),
})
