import { z } from 'zod'
import { named } from './shared.ts'

/** How far it is with what an older release left, in the public API. */
export const upgrade = named(
  'Upgrade',
  z
    .object({
      step: z
        .enum(['naming', 'reading', 'adopting', 'owing', 'done'])
        .describe(
          'naming: spellings of one address become one person; reading: kept bodies are read again; adopting: events without a person find theirs; owing: everyone whose delivery had ended or was held becomes due.',
        ),
      accepted: z.boolean().describe('Whether what the upgrade grants may be written. What it denies always may.'),
      held: z.int().describe('Deliveries that are held because they would grant something.'),
    })
    .describe('How far it is with what an older release left. A store that no older one made has nothing to do.'),
  { step: 'done', accepted: false, held: 12 },
)
