import { z } from 'zod'
import { named } from './shared.ts'
import { inFigures, LIMITS } from '../domain/limits.ts'

/** Shapes of the paths that a mapping can use. */

const EXAMPLE = {
  path: 'consents_purposes_newsletter_enabled',
  place: 'purpose "newsletter"',
  kind: 'yes_no',
  people: 480,
  samples: ['true', 'false'],
} as const

const suggestedPath = named(
  'SuggestedPath',
  z
    .object({
      path: z.string().describe('As it is written in `mappings[].value`.'),
      place: z.string().describe('What it names, in words.'),
      kind: z.enum(['yes_no', 'list', 'text']).describe('Whether it gives true or false, a list of ids, or a text.'),
      people: z.int().describe('How many persons have it.'),
      samples: z.array(z.string()).describe('Some of what it gives, five at most; never an id of a person.'),
    })
    .describe('A path that a mapping can use.'),
  { ...EXAMPLE, samples: [...EXAMPLE.samples] },
)

export const suggestedPaths = named(
  'SuggestedPaths',
  z
    .object({
      examined: z.int().describe(`How many facts were looked at: the newest ${inFigures(LIMITS.factsForPaths)}.`),
      data: z.array(suggestedPath).describe(`The commonest first, ${LIMITS.suggestedPaths} at most.`),
    })
    .describe('The paths that the newest facts of a source could fill.'),
  { examined: LIMITS.factsForPaths, data: [{ ...EXAMPLE, samples: [...EXAMPLE.samples] }] },
)
