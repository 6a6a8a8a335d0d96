import { z } from 'zod'
import { attempt } from './attempts.ts'
import { delivery } from './deliveries.ts'
import { fact } from './events.ts'
import { choice } from './plans.ts'
import { mergeValues, person, time } from './shared.ts'

export const knownPerson = z.object({
  person: z.string(),
  sources: z.array(
    z.object({
      source_id: z.string(),
      choices: z.array(choice),
      deleted_users: z.array(z.object({ user_id: z.string(), at: time })),
      facts: z.array(fact).describe('The newest 200, the oldest of them first; all are in `GET /v1/events`.'),
      facts_total: z.int(),
      deliveries: z.array(delivery),
      attempts: z.array(attempt).describe('The newest 200.'),
    }),
  ),
})

export const peopleQuery = z.strictObject({
  search: z
    .string()
    .trim()
    .max(512)
    .default('')
    .describe(
      'The beginning of an organization_user_id, in any case, or the MD5 that Mailchimp names a contact by; without it, the people of the newest events.',
    ),
})

export const foundPeople = z.object({
  data: z
    .array(
      z.object({
        person: z.string(),
        source_id: z.string(),
        facts: z.int().describe('How much was told about them.'),
        last_at: time.describe('When something was told last.'),
      }),
    )
    .describe('20 at most; by their MD5 only those are found to whom something was delivered.'),
})

export const contactQuery = z.strictObject({ integration_id: z.string().min(1).max(100) })

export const contactNow = z.object({
  found: z.boolean().describe('false when there is no such contact, or when the person names none.'),
  status: z.string().nullable(),
  held: mergeValues.describe('What the mapped merge fields hold at Mailchimp now.'),
  should_hold: mergeValues.describe('What they should hold.'),
  last_delivered: mergeValues.nullable().describe('null when nothing was confirmed, or nothing that can be relied on.'),
  drift: z.array(z.string()).describe('The merge tags that do not hold what they should.'),
})

export const testWrite = z.strictObject({ person })

export const testWriteStarted = z.object({ delivery_id: z.string().describe('The debt that is due now.') })

export const erasedPerson = z.object({
  facts: z.int().describe('What was told about them.'),
  bodies: z.int().describe('Bodies of webhooks that held a record of theirs; the records of others are still in them.'),
  attempts: z.int().describe('Requests to Mailchimp that were kept.'),
  deliveries: z.int().describe('Debts, one for each integration.'),
})
