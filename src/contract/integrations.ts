import { z } from 'zod'
import { integrationDocument } from './document.ts'
import { fieldProblem } from './problems.ts'
import { time } from './shared.ts'

export const newIntegration = integrationDocument.extend({ source_id: z.string() })

const hold = z
  .object({ cause: z.string(), says: z.string(), next: z.string(), detail: z.string(), since: time })
  .describe('Why nothing, or not everything, can be delivered now, and what to do about it.')

export const integration = z.object({
  id: z.string(),
  source_id: z.string(),
  ...integrationDocument.shape,
  authentication: z.object({ api_key: z.string().describe('All but its end is hidden.'), url: z.string() }),
  enabled: z.boolean(),
  upsert_mode: z.boolean(),
  paused: z.boolean(),
  held_by: z
    .string()
    .nullable()
    .describe(
      'What holds all its waiting debts now: `disabled`, `paused`, or the cause of a hold; null when they may go.',
    ),
  holds: z.array(hold),
  created_at: time,
  updated_at: time,
})

export const checkResult = z.object({
  ok: z.boolean(),
  checked: z.boolean().describe('false when Mailchimp could not be asked.'),
  not_checked: z.string().nullable(),
  account: z.object({ name: z.string(), role: z.string() }).nullable(),
  audience: z
    .object({
      id: z.string(),
      name: z.string(),
      merge_fields: z.array(z.object({ tag: z.string(), name: z.string(), type: z.string() })),
    })
    .nullable(),
  problems: z.array(fieldProblem),
})
