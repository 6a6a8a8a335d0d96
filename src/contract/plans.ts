import { z } from 'zod'
import { integrationDocument } from './document.ts'
import { mergeValues, person, time } from './shared.ts'

/** Shapes of what a document does to people, before it is kept and after. */

export const planRequest = z.strictObject({
  person,
  events: z
    .array(z.unknown())
    .max(100)
    .default([])
    .describe('Webhook records to suppose on top of what is known; nothing is stored.'),
})

export const choice = z.object({
  place: z.string(),
  answer: z.union([z.boolean(), z.array(z.string())]),
  at: time,
})

const setAside = z.object({ tag: z.string(), path: z.string(), code: z.string(), detail: z.string() })

export const plan = z.object({
  do: z.enum(['skip', 'update', 'upsert']),
  because: z.string().nullable(),
  says: z.string().nullable(),
  request: z.object({ method: z.string(), path: z.string(), body: z.unknown() }).nullable(),
  set_aside: z.array(setAside),
  choices: z.array(choice),
  last_delivered: mergeValues.nullable(),
})

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
        fields_before: mergeValues.describe('What Mailchimp should hold by the document as it is.'),
        fields_after: mergeValues,
      }),
    )
    .describe('Some of those, 20 at most.'),
})
