import { z } from 'zod'
import { named } from './shared.ts'

export const EXAMPLE_FIELD_PROBLEM = { path: 'name', code: 'missing', detail: 'name is missing.', remedy: 'Add it.' }

/** One thing that is wrong with a request, at its JSON path. */
export const fieldProblem = named(
  'FieldProblem',
  z
    .object({ path: z.string(), code: z.string(), detail: z.string(), remedy: z.string() })
    .describe('One thing that is wrong with a request: where, what, and what to do about it.'),
  EXAMPLE_FIELD_PROBLEM,
)

export const problemDocument = named(
  'Problem',
  z
    .object({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      instance: z.string().describe('Names the request in the log.'),
      advice: z.string().describe('What to do about it.'),
      code: z.string().describe('One of those in docs/problems.md.'),
      errors: z.array(fieldProblem).describe('Everything that is wrong, each with its JSON path and the remedy.'),
    })
    .describe('A refusal (RFC 9457).'),
  {
    type: 'urn:consent-relay:problem:invalid_request',
    title: 'The request has problems',
    status: 422,
    detail: 'the body has problems',
    instance: 'urn:consent-relay:request:req-1',
    advice: 'Correct every entry of `errors`; each names the field and the remedy.',
    code: 'invalid_request',
    errors: [EXAMPLE_FIELD_PROBLEM],
  },
)
