import { z } from 'zod'
import { checkResult } from './integrations.ts'

/** Shapes of the questions that are passed on to Mailchimp. */

const authentication = {
  authentication: z
    .strictObject({ api_key: z.string().max(200), url: z.string().max(500) })
    .optional()
    .describe('A key that is not kept.'),
  integration_id: z.string().min(1).max(100).optional().describe('Use the key of this integration.'),
}

const isOne = ({
  authentication: sent,
  integration_id: kept,
}: {
  authentication?: unknown
  integration_id?: unknown
}) => (sent === undefined) !== (kept === undefined)

const EITHER = { message: 'is missing: give either authentication or integration_id', path: ['authentication'] }

const audienceId = z.string().min(1).max(100)

export const accountQuestion = z.strictObject(authentication).refine(isOne, EITHER)

export const audienceQuestion = z.strictObject({ ...authentication, audience_id: audienceId }).refine(isOne, EITHER)

export const newMergeField = z
  .strictObject({
    ...authentication,
    audience_id: audienceId,
    tag: z.string().regex(/^[A-Z0-9_]{1,10}$/, 'is not a merge tag: at most 10 capital letters, digits and _'),
    name: z.string().trim().min(1, 'is empty').max(50, 'is longer than 50 characters'),
  })
  .refine(isOne, EITHER)

const audienceSummary = z.object({
  id: z.string(),
  name: z.string(),
  contacts: z.int().describe('Whatever their status.'),
})

export const mailchimpAccount = z.object({
  ok: z.boolean(),
  account: z.object({ name: z.string(), role: z.string(), data_centre: z.string() }).nullable(),
  audiences: z.array(audienceSummary),
  problems: checkResult.shape.problems,
})

export const mergeField = z.object({
  tag: z.string(),
  name: z.string(),
  type: z.string(),
  choices: z.array(z.string()).describe('Of a dropdown or radio field.'),
})

export const mailchimpAudience = audienceSummary.extend({ merge_fields: z.array(mergeField) })
