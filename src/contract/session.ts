import { z } from 'zod'
import { email, newPassword, password, personName } from './accounts.ts'
import { named, pageOf, pageQuery, role, time } from './shared.ts'

export const session = named(
  'Session',
  z
    .discriminatedUnion('signed_in', [
      z.object({
        signed_in: z.literal(false),
        setup_needed: z.boolean().describe('There is no account yet: the set-up link makes the first one.'),
      }),
      z.object({
        signed_in: z.literal(true),
        account: z.object({ id: z.string(), email: z.string(), name: z.string(), role }),
        csrf_token: z.string().describe('Goes into the header X-CSRF-Token of every request that is not a GET.'),
        expires_at: time.describe('When it ends if it is not used again.'),
        proved_at: time.describe('When the password was last given: by signing in, or by a proof since.'),
      }),
    ])
    .describe('Who is signed in.'),
  {
    signed_in: true,
    account: {
      id: 'acc_01m83t4cm0000000example001',
      email: 'grace@example.test',
      name: 'Grace Hopper',
      role: 'operator',
    },
    csrf_token: 'example-csrf-token',
    expires_at: '2026-11-23T21:00:00.000Z',
    proved_at: '2026-11-23T09:00:00.000Z',
  },
)

export const signIn = named('SignIn', z.strictObject({ email, password }).describe('Who signs in.'), {
  email: 'grace@example.test',
  password: 'a long phrase of her own',
})

export const passwordChange = named(
  'PasswordChange',
  z.strictObject({ current: password, next: newPassword }).describe('The present password, and the next one.'),
  { current: 'a long phrase of her own', next: 'another phrase, just as long' },
)

export const proof = named(
  'Proof',
  z.strictObject({ password }).describe('The password of the account that is signed in.'),
  { password: 'a long phrase of her own' },
)

export const setup = named(
  'Setup',
  z
    .strictObject({
      token: z.string().min(1).max(200).describe('From the link that the service printed.'),
      email,
      name: personName,
      password: newPassword,
    })
    .describe('The first account, which is an owner.'),
  {
    token: 'the-token-of-the-printed-link',
    email: 'ada@example.test',
    name: 'Ada Lovelace',
    password: 'a long phrase of her own',
  },
)

export const sessionEntry = named(
  'ListedSession',
  z
    .object({
      id: z.string(),
      account_id: z.string(),
      email: z.string(),
      created_at: time,
      seen_at: time,
      expires_at: time.describe('When it ends if it is not used again.'),
      agent: z.string().describe('What the browser called itself.'),
      current: z.boolean().describe('It is the one that asks.'),
    })
    .describe('A browser that is signed in.'),
  {
    id: 'ses_01m83t4cm0000000example001',
    account_id: 'acc_01m83t4cm0000000example001',
    email: 'grace@example.test',
    created_at: '2026-11-23T09:00:00.000Z',
    seen_at: '2026-11-23T09:30:00.000Z',
    expires_at: '2026-11-23T21:30:00.000Z',
    agent: 'Mozilla/5.0',
    current: true,
  },
)

export const sessionPage = pageOf(sessionEntry)

export const sessionQuery = pageQuery.extend({
  all: z
    .enum(['true', 'false'])
    .default('false')
    .describe("true: everybody's, for owners. Else those of the account that asks."),
})
