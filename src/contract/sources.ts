import { z } from 'zod'
import { SECOND } from '../domain/instant.ts'
import { LONGEST_GRACE, USUAL_GRACE } from '../domain/source-secret.ts'
import { plainText, time } from './shared.ts'

/** Shapes of sources in the public API. */
const family = z.enum(['user', 'event'])

export const newSource = z.strictObject({
  name: plainText.min(1).max(200),
  organization_id: plainText.min(1).max(200).optional().describe("Didomi's organization id."),
  feed: family.optional().describe('The family of webhooks it folds; the first to arrive when absent.'),
  authentication: z.strictObject({ type: z.enum(['bearer', 'oauth2']) }).describe('How Didomi proves itself.'),
})

export const sourceChange = z.strictObject({ feed: family })

const usedAt = time.nullable().describe('When it was last used, to the minute; null if it was not yet.')

export const source = z.object({
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
  created_at: time,
})

export const createdSource = source.extend({
  authentication: z
    .union([
      z.object({ type: z.literal('bearer'), token: z.string(), header: z.string() }),
      z.object({ type: z.literal('oauth2'), client_id: z.string(), client_secret: z.string(), token_url: z.string() }),
    ])
    .describe('Shown once.'),
})

const [usualGrace, longestGrace] = [USUAL_GRACE / SECOND, LONGEST_GRACE / SECOND]

export const secretRenewal = z
  .strictObject({
    grace_seconds: z
      .number()
      .int()
      .min(0, 'is less than 0, which ends the previous secret at once')
      .max(longestGrace, `is more than ${longestGrace}, which is seven days`)
      .default(usualGrace)
      .describe('How long the previous secret goes on working; 0 ends it at once.'),
  })
  .nullish()
