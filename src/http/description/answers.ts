import { inBytes } from '../../domain/limits.ts'
import { mapOperations, SCHEMAS, type Description, type Json, type Operation, type Response } from './api.ts'
import { headersOf } from './headers.ts'

/**
 * Says of each body how large it may be and whether it may be left out, and of each answer what it is: the description of its schema. A schema
 * that is only named hides both from what makes the description.
 */
export const describeAnswers = (api: Description): Description =>
  mapOperations(api, ({ requestBody, responses, 'x-body-bytes': most = 0, ...operation }) => ({
    ...operation,
    ...(requestBody
      ? { requestBody: { description: `At most ${inBytes(most)}.`, ...requestBody, required: !mayBeNull(requestBody) } }
      : {}),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [
        status,
        '$ref' in response ? response : { ...described(response, api.components.schemas), ...headersOf(status) },
      ]),
    ),
  }))

const mayBeNull = ({ content }: NonNullable<Operation['requestBody']>): boolean =>
  Object.values(content).some(({ schema }) => JSON.stringify(schema?.['anyOf'] ?? []).includes('{"type":"null"}'))

function described(response: Response, schemas: Readonly<Record<string, Json>>): Response {
  const [media] = Object.values(response.content ?? {})
  const ref = media?.schema?.['$ref']
  const description = typeof ref === 'string' ? schemas[ref.slice(SCHEMAS.length)]?.['description'] : undefined
  return typeof description === 'string' ? { ...response, description } : response
}
