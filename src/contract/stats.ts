import { z } from 'zod'
import { plainText } from './shared.ts'

export const stats = z.object({
  inbox: z.object({
    received: z.int(),
    folded: z.int(),
    evidence: z.int(),
    ignored: z.int(),
    anonymous: z.int(),
    duplicate: z.int(),
    quarantined: z.int(),
    erased: z.int(),
  }),
  deliveries: z.object({
    waiting: z.int(),
    sending: z.int(),
    held: z.int(),
    delivered: z.int(),
    skipped: z.int(),
    dead: z.int(),
  }),
})

export const statsQuery = z.strictObject({ source_id: plainText.optional(), integration_id: plainText.optional() })
