import { z } from 'zod'
import { pageQuery, plainText, time } from './shared.ts'

export const attempt = z.object({
  id: z.string(),
  integration_id: z.string(),
  person: z.string(),
  started_at: time,
  finished_at: time.nullable().describe('null while it is under way.'),
  duration_ms: z.int().nullable(),
  request: z.object({ method: z.string(), path: z.string(), body: z.unknown() }),
  answer: z.object({ status: z.int().nullable(), body: z.unknown(), request_id: z.string().nullable() }),
  outcome: z.string().nullable(),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  carries: z
    .array(
      z.object({
        fact_id: z.string(),
        received_at: time,
        withdrawal: z.boolean().describe('It may take something back.'),
        waited_ms: z.int().nullable().describe('From its receipt to Mailchimp taking it; null if it did not.'),
      }),
    )
    .describe('The facts that this attempt was the first to take to Mailchimp, 200 at most.'),
})

export const attemptQuery = pageQuery.extend({ integration_id: plainText.optional(), person: plainText.optional() })
