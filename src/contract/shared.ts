import { z } from 'zod'
import { ROLES } from '../domain/role.ts'

/** A schema that the API's description shows once, under this name, with an example. Nothing may be added to it later. */
export const named = <T extends z.ZodType>(id: string, schema: T, example: z.input<T>): T =>
  schema.meta({ id, examples: [example] })

/** Shapes that several resources share. Times are RFC 3339 in UTC. */
export const time = z.string().meta({ description: 'RFC 3339, UTC', format: 'date-time' })

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many at most.'),
  cursor: z.string().max(200).default('').describe('`next_cursor` of the page before.'),
})

/** A page of a named resource, named after it. */
export function pageOf<T extends z.ZodType>(item: T, description = 'One page, the newest first.') {
  const { id, examples } = item.meta() ?? {}
  if (id === undefined) throw new Error('a page has items that have a name')
  return z
    .object({ data: z.array(item), next_cursor: z.string().nullable().describe('null on the last page.') })
    .meta({ id: `${id}Page`, description, examples: [{ data: examples, next_cursor: null }] })
}

/** Text of one line: PostgreSQL takes no NUL, and the other control characters are never meant. */
export const plainText = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds control characters')

/** An id of this service that a caller sends. */
export const givenId = plainText.min(1).max(100)

export const idParams = z.strictObject({
  id: plainText.min(1).max(600).describe('The id as the API shows it; the organization_user_id of a person.'),
})

/** Values by merge tag. */
export const mergeValues = z.record(z.string(), z.union([z.string(), z.number()]))

export const lastWritten = mergeValues
  .nullable()
  .describe(
    'What the integration last wrote there. It may have been changed at Mailchimp since. null when nothing was confirmed, or nothing that can be relied on.',
  )

export const lastWrittenAt = time
  .nullable()
  .describe('When the contact last took a request of this service; null when it took none.')

export const role = z.enum(ROLES)

export const person = z.string().min(1).max(512).describe('The organization_user_id.')

export const nothing = z.null().describe('Done. The answer has no body.')
