import { z } from 'zod'
import { SECOND } from '../domain/instant.ts'
import { LONGEST_GRACE, USUAL_GRACE } from '../domain/source-secret.ts'
import { named, pageOf, plainText, time } from './shared.ts'

/** Shapes of sources in the public API. */
const family = z.enum(['user', 'event'])

export const newSource = named(
  'NewSource',
  z
    .strictObject({
      name: plainText.min(1).max(200),
      organization_id: plainText.min(1).max(200).optional().describe("Didomi's organization id."),
      feed: family.optional().describe('The family of webhooks it folds; the first to arrive when absent.'),
      authentication: z.strictObject({ type: z.enum(['bearer', 'oauth2']) }).describe('How Didomi proves itself.'),
    })
    .describe('A source to make.'),
  { name: 'Web shop', organization_id: 'example-shop', feed: 'event', authentication: { type: 'bearer' } },
)

export const sourceChange = named('SourceChange', z.strictObject({ feed: family }).describe('What changes.'), {
  feed: 'user',
})

const usedAt = time.nullable().describe('When it was last used, to the minute; null if it was not yet.')

const shape = z.object({
  id: z.string(),
  name: z.string(),
  organization_id: z.string().nullable(),
  feed: family.nullable().describe('null until the first record fixes it.'),
  authentication: z.object({ type: z.enum(['bearer', 'oauth2']) }),
  secret: z
    .object({
      created_at: time,
      used_at: usedAt,
      previous: z
        .object({ expires_at: time.describe('Until when it works.'), used_at: usedAt })
        .nullable()
        .describe('The secret before it, while it still works.'),
    })
    .describe('The secret that it asks for now.'),
  webhook_url: z.string(),
  problems: z
    .array(
      z.object({
        code: z.literal('users_shared'),
        users: z.int().describe('How many Didomi users it is about.'),
        detail: z.string(),
        remedy: z.string(),
      }),
    )
    .describe('What stands in the way of telling whose the choices of this source are.'),
  created_at: time,
})

const EXAMPLE = {
  id: 'src_01m83t4cm0000000example001',
  name: 'Web shop',
  organization_id: 'example-shop',
  feed: 'event',
  authentication: { type: 'bearer' },
  secret: { created_at: '2026-11-20T09:00:00.000Z', used_at: '2026-11-23T09:00:00.000Z', previous: null },
  webhook_url: 'https://consent-relay.example.test/webhooks/didomi/src_01m83t4cm0000000example001',
  created_at: '2026-11-20T09:00:00.000Z',
} as const

export const source = named(
  'Source',
  shape.describe("One Didomi organisation's feed: a webhook address with a secret."),
  { ...EXAMPLE, problems: [] },
)

export const sourcePage = pageOf(source)

export const createdSource = named(
  'SourceWithSecret',
  shape
    .extend({
      authentication: z
        .union([
          z.object({ type: z.literal('bearer'), token: z.string(), header: z.string() }),
          z.object({
            type: z.literal('oauth2'),
            client_id: z.string(),
            client_secret: z.string(),
            token_url: z.string(),
          }),
        ])
        .describe('Shown once.'),
    })
    .describe('A source with the secret that it was just given.'),
  {
    ...EXAMPLE,
    problems: [],
    secret: { ...EXAMPLE.secret, used_at: null },
    authentication: { type: 'bearer', token: 'crw_shown-once', header: 'Authorization: Bearer crw_shown-once' },
  },
)

const [usualGrace, longestGrace] = [USUAL_GRACE / SECOND, LONGEST_GRACE / SECOND]

export const secretRenewal = named(
  'SecretRenewal',
  z
    .strictObject({
      grace_seconds: z
        .number()
        .int()
        .min(0, 'is less than 0, which ends the previous secret at once')
        .max(longestGrace, `is more than ${longestGrace}, which is seven days`)
        .default(usualGrace)
        .describe('How long the previous secret goes on working; 0 ends it at once.'),
    })
    .describe('How to renew; no body is the usual grace period.'),
  { grace_seconds: 3_600 },
).nullish()
