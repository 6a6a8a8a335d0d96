import { z } from 'zod'
import { named } from './shared.ts'

export const health = named(
  'Health',
  z
    .object({
      status: z.enum(['ok', 'not ready']),
      trouble: z
        .enum(['damaged', 'cannot_write', 'not_durable', 'no_lease', 'stopping'])
        .optional()
        .describe(
          'Why this service is not ready: the store is damaged and only read, a commit failed, its settings could lose a commit, this process has no right to deliver, or it stops.',
        ),
    })
    .describe('Whether the process lives, or can take webhooks.'),
  { status: 'ok' },
)
