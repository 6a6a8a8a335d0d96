import { z } from 'zod'
import { named, pageOf, pageQuery, plainText, time } from './shared.ts'
import { LIMITS } from '../domain/limits.ts'

export const attempt = named(
  'Attempt',
  z
    .object({
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
        .describe(`The facts that this attempt was the first to take to Mailchimp, ${LIMITS.carriedFacts} at most.`),
    })
    .describe('One request to Mailchimp for one person, and how it ended.'),
  {
    id: 'att_01m83t4cm0000000example001',
    integration_id: 'int_01m83t4cm0000000example001',
    person: 'ada@example.test',
    started_at: '2026-11-23T09:00:01.000Z',
    finished_at: '2026-11-23T09:00:01.180Z',
    duration_ms: 180,
    request: {
      method: 'PATCH',
      path: '/lists/a1b2c3d4e5/members/00000000000000000000000000000000?skip_merge_validation=true',
      body: { merge_fields: { NEWS: 'true' } },
    },
    answer: { status: 200, body: null, request_id: '00000000-0000-0000-0000-000000000000' },
    outcome: 'delivered',
    reason: null,
    detail: null,
    carries: [
      {
        fact_id: 'fct_01m83t4cm0000000example001',
        received_at: '2026-11-23T09:00:00.000Z',
        withdrawal: false,
        waited_ms: 1_180,
      },
    ],
  },
)

export const attemptPage = pageOf(attempt)

export const attemptQuery = pageQuery.extend({
  integration_id: plainText.optional().describe('Only of this integration.'),
  person: plainText.optional().describe('Only of this person, by organization_user_id.'),
})
