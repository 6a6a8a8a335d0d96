import { z } from 'zod'

/** Shapes of the paths that a mapping can use. */

const suggestedPath = z.object({
  path: z.string().describe('As it is written in `mappings[].value`.'),
  place: z.string().describe('What it names, in words.'),
  kind: z.enum(['yes_no', 'list', 'text']).describe('Whether it gives true or false, a list of ids, or a text.'),
  people: z.int().describe('How many persons have it.'),
  samples: z.array(z.string()).describe('Some of what it gives, five at most; never an id of a person.'),
})

export const suggestedPaths = z.object({
  examined: z.int().describe('How many facts were looked at: the newest 2,000.'),
  data: z.array(suggestedPath).describe('The commonest first, 500 at most.'),
})
