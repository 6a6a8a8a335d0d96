import { z } from 'zod'
import { attempt, fact, pageQuery } from './api.ts'

/** Shapes of what came in, as the public API lists it. */

export const eventQuery = pageQuery.extend({
  source_id: z.string().min(1).max(100).optional(),
  person: z.string().min(1).max(512).optional().describe('The organization_user_id.'),
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
