import { type FastifySchemaCompiler } from 'fastify'
import { type z } from 'zod'
import { problemsIn } from '../contract/field-problems.ts'
import { Problem } from '../domain/problem.ts'

/** Validates a part of a request by its schema; what is wrong is refused all at once. */
export const validate: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  data => {
    const parsed = schema.safeParse(data, { reportInput: true })
    if (parsed.success) return { value: parsed.data }
    const where = httpPart === undefined || httpPart === 'body' ? 'body' : httpPart
    return { error: new Problem('invalid_request', `the ${where} has problems`, problemsIn(parsed.error)) }
  }

/** For a body that its handler reads itself, because it reports more than a schema can. */
export const acceptAnything = () => (data: unknown) => ({ value: data })
