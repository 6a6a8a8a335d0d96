import { z } from 'zod'
import { time } from './shared.ts'

export const quarantined = z.object({
  id: z.string(),
  source_id: z.string(),
  received_at: time,
  faults: z.array(z.object({ path: z.string(), why: z.string() })),
  body: z
    .string()
    .describe('As it came in, as far as its first 20,000 bytes; bytes that are no UTF-8 are shown as U+FFFD.'),
  body_bytes: z.int().describe('How long it is altogether.'),
})
