import { z } from 'zod'
import { plan, planRequest } from './api.ts'
import { integrationDocument } from './document.ts'

/** Shapes of what a document would do, before it is kept. */

export const draftPlan = planRequest.extend({
  source_id: z.string().min(1).max(100),
  integration_id: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('The integration that the document would replace: its key may then be left out or hidden.'),
  document: z
    .record(z.string(), z.unknown())
    .describe('An integration document, as for `POST /v1/integrations` but for `source_id`.'),
})

const { mappings, options, upsert_mode } = integrationDocument.shape

export const impactRequest = z
  .strictObject({ mappings, options, upsert_mode })
  .describe('What would change in the document; options that are left out stay as they are.')

const fields = z.record(z.string(), z.union([z.string(), z.number()]))

export const impact = z.object({
  people: z.int().describe('How many persons the integration owes or has paid.'),
  examined: z.int().describe('How many of them were looked at: the first 500 by their id.'),
  changed: z.int().describe('For how many of those it makes a difference.'),
  sample: z
    .array(
      z.object({
        person: z.string(),
        do: plan.shape.do,
        because: plan.shape.because,
        says: plan.shape.says,
        fields_before: fields.describe('What Mailchimp should hold by the document as it is.'),
        fields_after: fields,
      }),
    )
    .describe('Some of those, 20 at most.'),
})
