import { z } from 'zod'
import { email, newPassword, password, personName } from './accounts.ts'
import { pageQuery, role, time } from './shared.ts'

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
  name: personName,
  password: newPassword,
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
