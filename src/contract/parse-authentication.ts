import { z } from 'zod'
import { dataCentreOfKey } from '../domain/data-centre.ts'
import { type FieldProblem } from '../domain/problem.ts'
import { integrationDocument } from './document.ts'
import { problemsIn } from './field-problems.ts'
import { dataCentreContradiction } from './parse-document.ts'
import { remedyFor } from './remedies.ts'

type ParsedAuthentication =
  | { readonly ok: true; readonly apiKey: string; readonly dataCentre: string }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] }

const schema = z.strictObject({ authentication: integrationDocument.shape.authentication })

/** Reads a key and its server URL by the rules of the integration document, before Mailchimp is asked anything. */
export function parseAuthentication(authentication: unknown): ParsedAuthentication {
  const json = { authentication }
  const parsed = schema.safeParse(json, { reportInput: true })
  const problems = [...(parsed.success ? [] : problemsIn(parsed.error, remedyFor)), ...dataCentreContradiction(json)]
  if (!parsed.success || problems.length > 0) return { ok: false, problems }
  const apiKey = parsed.data.authentication.api_key
  return { ok: true, apiKey, dataCentre: dataCentreOfKey(apiKey) ?? '' }
}
