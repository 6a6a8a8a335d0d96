import { z } from 'zod'

/** Shapes of what can be asked about people beside their history. */
const time = z.string().describe('RFC 3339, UTC')

export const peopleQuery = z.strictObject({
  search: z
    .string()
    .trim()
    .min(1, 'is empty')
    .max(512)
    .describe('The beginning of an organization_user_id, in any case, or the MD5 that Mailchimp names a contact by.'),
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
