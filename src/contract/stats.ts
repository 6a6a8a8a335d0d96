import { z } from 'zod'
import { endCounts } from './deliveries.ts'
import { named, plainText } from './shared.ts'

export const stats = named(
  'Stats',
  z
    .object({
      inbox: z
        .object({
          received: z.int(),
          folded: z.int(),
          evidence: z.int(),
          ignored: z.int(),
          anonymous: z.int(),
          duplicate: z.int(),
          quarantined: z.int(),
          erased: z.int(),
          expired: z.int().describe('Were anonymous until their time was over.'),
        })
        .describe('Records; `received` is the sum of the others.'),
      deliveries: z
        .object({
          waiting: z.int(),
          sending: z.int(),
          held: z.int(),
          delivered: z.int(),
          skipped: z.int(),
          dead: z.int(),
        })
        .describe('Debts, by their status now.'),
      ends: endCounts.describe('The delivered and the skipped among them, by how they ended.'),
    })
    .describe('What came in and what became of it, counted exactly.'),
  {
    inbox: {
      received: 1_200,
      folded: 1_000,
      evidence: 150,
      ignored: 5,
      anonymous: 10,
      duplicate: 30,
      quarantined: 5,
      erased: 0,
      expired: 0,
    },
    deliveries: { waiting: 10, sending: 2, held: 0, delivered: 900, skipped: 80, dead: 0 },
    ends: { in_step: 910, not_in_audience: 65, unmatched: 4, contact_gone: 1 },
  },
)

export const statsQuery = z.strictObject({
  source_id: plainText.optional().describe('Only of this source.'),
  integration_id: plainText.optional().describe('Only of this integration; the records are those of its source.'),
})

export type Stats = z.infer<typeof stats>
