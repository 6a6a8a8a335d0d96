import { z } from 'zod'
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../domain/password.ts'
import { named, pageOf, role, time } from './shared.ts'

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

export const account = named(
  'Account',
  z
    .object({
      id: z.string(),
      email: z.string(),
      name: z.string(),
      role,
      created_at: time,
      disabled_at: time.nullable().describe('Since when it cannot sign in; null while it can.'),
    })
    .describe('Who can sign in to the console.'),
  {
    id: 'acc_01m83t4cm0000000example001',
    email: 'grace@example.test',
    name: 'Grace Hopper',
    role: 'operator',
    created_at: '2026-11-20T09:00:00.000Z',
    disabled_at: null,
  },
)

export const accountPage = pageOf(account)

export const newAccount = named(
  'NewAccount',
  z.strictObject({ email, name: personName, role, password: newPassword }).describe('An account to make.'),
  { email: 'grace@example.test', name: 'Grace Hopper', role: 'operator', password: 'a long phrase of her own' },
)

export const accountChange = named(
  'AccountChange',
  z
    .strictObject({
      name: personName.optional(),
      role: role.optional(),
      password: newPassword.optional(),
      disabled: z.boolean().optional(),
    })
    .describe('What changes; what is left out stays.'),
  { role: 'viewer' },
)
