import { z } from 'zod'
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../domain/password.ts'
import { ROLES } from '../domain/role.ts'
import { pageQuery } from './api.ts'

/** Shapes of accounts and sessions in the public API. */
const time = z.string().describe('RFC 3339, UTC')
const role = z.enum(ROLES)

const email = z.string().min(1).max(320)
const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds control characters')
/** Only bounded here: what is wrong with a new one is said by the rule for passwords. */
const password = z.string().max(4 * LONGEST_PASSWORD)
const newPassword = password.describe(`At least ${SHORTEST_PASSWORD} characters.`)

export const session = z
  .discriminatedUnion('signed_in', [
    z.object({
      signed_in: z.literal(false),
      setup_needed: z.boolean().describe('There is no account yet: the set-up link makes the first one.'),
    }),
    z.object({
      signed_in: z.literal(true),
      account: z.object({ id: z.string(), email: z.string(), name: z.string(), role }),
      csrf_token: z.string().describe('Goes into the header X-CSRF-Token of whatever is not a GET.'),
      expires_at: time.describe('When it ends if it is not used again.'),
    }),
  ])
  .describe('Who is signed in.')

export const signIn = z.strictObject({ email, password })

export const passwordChange = z.strictObject({ current: password, next: newPassword })

export const setup = z.strictObject({
  token: z.string().min(1).max(200).describe('From the link that the service printed.'),
  email,
  name,
  password: newPassword,
})

export const account = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  created_at: time,
  disabled_at: time.nullable().describe('Since when it cannot sign in; null while it can.'),
})

export const newAccount = z.strictObject({ email, name, role, password: newPassword })

export const accountChange = z.strictObject({
  name: name.optional(),
  role: role.optional(),
  password: newPassword.optional(),
  disabled: z.boolean().optional(),
})

export const sessionEntry = z.object({
  id: z.string(),
  account_id: z.string(),
  email: z.string(),
  created_at: time,
  seen_at: time,
  expires_at: time.describe('When it ends if it is not used again.'),
  agent: z.string().describe('What the browser called itself.'),
  current: z.boolean().describe('It is the one that asks.'),
})

export const sessionQuery = pageQuery.extend({
  all: z
    .enum(['true', 'false'])
    .default('false')
    .describe("true: everybody's, for owners. Else those of the account that asks."),
})
