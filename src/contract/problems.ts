import { z } from 'zod'

/** One thing that is wrong with a request, at its JSON path. */
export const fieldProblem = z.object({ path: z.string(), code: z.string(), detail: z.string(), remedy: z.string() })

export const problemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    advice: z.string().describe('What to do about it.'),
    code: z.string(),
    errors: z.array(fieldProblem).describe('Everything that is wrong, each with its JSON path and the remedy.'),
  })
  .describe('A refusal (RFC 9457).')
