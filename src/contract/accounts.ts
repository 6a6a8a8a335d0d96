import { z } from 'zod'
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../domain/password.ts'
import { role, time } from './shared.ts'

export const email = z.string().min(1).max(320)
export const personName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds control characters')
/** Only bounded here: what is wrong with a new one is said by the rule for passwords. */
export const password = z.string().max(4 * LONGEST_PASSWORD)
export const newPassword = password.describe(`At least ${SHORTEST_PASSWORD} characters.`)

export const account = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  created_at: time,
  disabled_at: time.nullable().describe('Since when it cannot sign in; null while it can.'),
})

export const newAccount = z.strictObject({ email, name: personName, role, password: newPassword })

export const accountChange = z.strictObject({
  name: personName.optional(),
  role: role.optional(),
  password: newPassword.optional(),
  disabled: z.boolean().optional(),
})
