import { z } from 'zod'
import { named } from './shared.ts'

export const health = named(
  'Health',
  z
    .object({
      status: z.enum(['ok', 'not ready']),
      trouble: z
        .enum(['damaged', 'cannot_write', 'not_durable'])
        .optional()
        .describe(
          'Why webhooks are not taken: the store is damaged and only read, a commit failed, or its settings could lose a commit.',
        ),
    })
    .describe('Whether the process lives, or can take webhooks.'),
  { status: 'ok' },
)
