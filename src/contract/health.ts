import { z } from 'zod'
import { named } from './shared.ts'

export const health = named(
  'Health',
  z.object({ status: z.enum(['ok', 'not ready']) }).describe('Whether the process lives, or can take webhooks.'),
  { status: 'ok' },
)
