import { z } from 'zod'
import { FACT_TYPES } from '../domain/fact.ts'
import { parseInstant } from '../domain/instant.ts'
import { ATTEMPT_REASONS } from '../domain/reason.ts'
import { attempt } from './attempts.ts'
import { endOrNull } from './deliveries.ts'
import { givenId, named, pageOf, pageQuery, person, time } from './shared.ts'

/** Shapes of what came in. */

const EXAMPLE_RECORD = {
  type: 'event.created',
  parameters: {
    entity: {
      id: 'example-event-1',
      created_at: '2026-11-23T08:59:58Z',
      status: 'confirmed',
      regulation: 'gdpr',
      user: { id: 'example-user-1', organization_user_id: 'ada@example.test' },
      consents: { purposes: [{ id: 'newsletter', enabled: true }] },
    },
  },
}

export const eventsRequest = named(
  'EventSubmission',
  z
    .strictObject({
      source_id: givenId,
      events: z.array(z.unknown()).min(1).max(1_000).describe("Records of the shape of Didomi's webhooks."),
    })
    .describe('Events to take as if Didomi had sent them.'),
  { source_id: 'src_01m83t4cm0000000example001', events: [EXAMPLE_RECORD] },
)

export const eventsAccepted = named(
  'EventsAccepted',
  z
    .object({ received: z.int(), repeated: z.boolean().describe('The same body came in before and changed nothing.') })
    .describe('The events are on disk.'),
  { received: 1, repeated: false },
)

const EXAMPLE_FACT = {
  id: 'fct_01m83t4cm0000000example001',
  type: 'event.created',
  entity_id: 'example-event-1',
  user_id: 'example-user-1',
  at: '2026-11-23T08:59:58.000Z',
  received_at: '2026-11-23T09:00:00.000Z',
  clock_off_ms: 0,
  status: 'confirmed',
  regulation: 'gdpr',
  folds: true,
  adopted: false,
  states: [{ place: 'purpose "newsletter"', answer: true }],
}

const shape = z.object({
  id: z.string(),
  type: z.string(),
  entity_id: z.string(),
  user_id: z.string(),
  at: time,
  received_at: time,
  clock_off_ms: z
    .number()
    .describe(
      'By how much the clock of the service was behind, or ahead if negative. received_at is corrected by what it was behind; what is granted counts from that much earlier at the latest if it was ahead.',
    ),
  status: z.string(),
  regulation: z.string(),
  folds: z
    .boolean()
    .describe('false for evidence: by itself it grants and denies nothing, and deletions and times in it count.'),
  adopted: z.boolean().describe('The record names no organization_user_id; its Didomi user says whose it is.'),
  states: z.array(z.object({ place: z.string(), answer: z.union([z.boolean(), z.array(z.string())]) })),
})

export const fact = named('Fact', shape.describe('One record that Didomi sent.'), EXAMPLE_FACT)

const instant = z
  .string()
  .max(40)
  .refine(
    text => parseInstant(text) !== undefined,
    'is no RFC 3339 time with a zone, such as 2026-11-20T10:00:00Z (write + as %2B)',
  )

export const eventQuery = pageQuery
  .extend({
    source_id: givenId.optional().describe('Only of this source.'),
    person: person.optional().describe('Only about this person, by organization_user_id.'),
    from: instant.optional().describe('Received at this time or later; RFC 3339 with a zone.'),
    to: instant.optional().describe('Received before this time; RFC 3339 with a zone.'),
    type: z.enum(FACT_TYPES).optional().describe('Only of this type.'),
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

const listedShape = shape.extend({
  source_id: z.string(),
  person: z.string().nullable().describe('null when the event names no person.'),
  withdrawal: z.boolean().describe('It may take something back.'),
  deliveries: z
    .array(
      z.object({
        id: z.string(),
        integration_id: z.string(),
        status: z.string(),
        end: endOrNull,
        reason: z.string().nullable(),
        says: z.string().nullable(),
      }),
    )
    .describe('The debts of the person as they are now, in the integrations that read the source.'),
})

const EXAMPLE_EVENT = {
  ...EXAMPLE_FACT,
  source_id: 'src_01m83t4cm0000000example001',
  person: 'ada@example.test',
  withdrawal: false,
  deliveries: [
    {
      id: 'dlv_01m83t4cm0000000example001',
      integration_id: 'int_01m83t4cm0000000example001',
      status: 'delivered',
      end: 'in_step',
      reason: null,
      says: null,
    },
  ],
} satisfies z.input<typeof listedShape>

export const listedEvent = named(
  'Event',
  listedShape.describe('One record that Didomi sent, with what became of it.'),
  EXAMPLE_EVENT,
)

export const eventPage = pageOf(
  listedEvent,
  'One page, the newest first. With `type`, `answer_status` or `attempt_reason` a page may hold fewer events than asked for, or none, while `next_cursor` is there: the search goes on from it.',
)

export const shownEvent = named(
  'EventDetail',
  listedShape
    .extend({
      body: z
        .string()
        .nullable()
        .describe(
          'As it came in, with the records beside it, but for people who were erased; bytes that are no UTF-8 are U+FFFD. null when it is not kept any longer.',
        ),
      attempts: z.array(attempt).describe('The newest attempts that took it to Mailchimp.'),
      explanation: z
        .string()
        .nullable()
        .describe('Why it changes nothing at Mailchimp by itself; null when it counts.'),
    })
    .describe('One event with its body and its attempts.'),
  { ...EXAMPLE_EVENT, body: JSON.stringify(EXAMPLE_RECORD), attempts: [], explanation: null },
)

/** What Didomi's webhook sends; what cannot be read is kept, too. */
export const webhookBody = named(
  'DidomiWebhook',
  z.unknown().describe('One record of Didomi or a list of them, plain or flattened.'),
  EXAMPLE_RECORD,
)
