import { type z } from 'zod'
import { type FieldProblem } from '../domain/problem.ts'
import { GENERAL_REMEDIES } from './remedies.ts'

type Issue = z.core.$ZodIssue

/** A JSON path as people write it: `mappings[0].id`. */
export const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')

type Code = keyof typeof GENERAL_REMEDIES
type RemedyFor = (path: string, code: Code) => string

const generalRemedy: RemedyFor = (_path, code) => GENERAL_REMEDIES[code]

/** Everything that a schema found wrong, in our words: the path, what is wrong there, and the remedy. */
export const problemsIn = (error: z.core.$ZodError, remedyFor = generalRemedy): FieldProblem[] =>
  error.issues.flatMap(issue => problemsOf(issue).map(({ at, code, what }) => problem({ at, code, what, remedyFor })))

type FoundProblem = { readonly at: readonly PropertyKey[]; readonly code: Code; readonly what: string }

function problemsOf(issue: Issue): FoundProblem[] {
  const at = issue.path
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({ at: [...at, key], code: 'unknown_key', what: 'is not a key of this document' }))
  if (issue.code === 'invalid_type' && issue.input === undefined) return [{ at, code: 'missing', what: 'is missing' }]
  if (issue.code === 'invalid_type') return [{ at, code: 'wrong_type', what: `is not of type ${issue.expected}` }]
  if (issue.code === 'invalid_value')
    return [{ at, code: 'invalid_value', what: `is none of ${issue.values.map(String).join(', ')}` }]
  return [{ at, code: 'invalid_value', what: issue.message }]
}

function problem({ at, code, what, remedyFor }: FoundProblem & { readonly remedyFor: RemedyFor }): FieldProblem {
  const path = pathOf(at)
  return { path, code, detail: `${path === '' ? 'The body' : path} ${what}.`, remedy: remedyFor(path, code) }
}
