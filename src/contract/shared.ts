import { z } from 'zod'
import { ROLES } from '../domain/role.ts'

/** Shapes that several resources share. Times are RFC 3339 in UTC. */
export const time = z.string().describe('RFC 3339, UTC')

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many at most.'),
  cursor: z.string().max(200).default('').describe('`next_cursor` of the page before.'),
})

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable().describe('null on the last page.') })

/** Text of one line: PostgreSQL takes no NUL, and nobody means the others. */
export const plainText = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds control characters')

export const idParams = z.strictObject({ id: plainText.min(1).max(600) })

/** What Mailchimp holds, or should hold, by merge tag. */
export const mergeValues = z.record(z.string(), z.union([z.string(), z.number()]))

export const role = z.enum(ROLES)

export const person = z.string().min(1).max(512).describe('The organization_user_id.')
