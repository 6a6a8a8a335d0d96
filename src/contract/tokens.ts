import { z } from 'zod'
import { plainText, role, time } from './shared.ts'

export const newToken = z.strictObject({ name: plainText.min(1).max(200), role })

export const createdToken = z.object({
  id: z.string(),
  name: z.string(),
  role,
  token: z.string().describe('Shown once.'),
})

export const token = z.object({
  id: z.string(),
  name: z.string(),
  role,
  created_at: time,
  revoked_at: time.nullable(),
})
