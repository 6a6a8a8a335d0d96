import { z } from 'zod'
import { time } from './shared.ts'

export const auditEntry = z.object({
  id: z.string(),
  at: time,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
})
