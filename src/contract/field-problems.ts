import { type z } from 'zod'
import { type FieldProblem } from '../domain/problem.ts'
import { remedyFor } from './remedies.ts'

type Issue = z.core.$ZodIssue

/** A JSON path as people write it: `mappings[0].id`. */
export const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')

/** Everything that a schema found wrong, in our words: the path, what is wrong there, and the remedy. */
export const problemsIn = (error: z.core.$ZodError): FieldProblem[] => error.issues.flatMap(problemsOf)

function problemsOf(issue: Issue): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => problem([...issue.path, key], 'unknown_key', 'is not a key of this document'))
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) return [problem(issue.path, 'missing', 'is missing')]
  if (issue.code === 'invalid_type') return [problem(issue.path, 'wrong_type', `is not of type ${issue.expected}`)]
  if (issue.code === 'invalid_value')
    return [problem(issue.path, 'invalid_value', `is none of ${issue.values.map(String).join(', ')}`)]
  return [problem(issue.path, 'invalid_value', issue.message)]
}

function problem(path: readonly PropertyKey[], code: string, what: string): FieldProblem {
  const at = pathOf(path)
  return { path: at, code, detail: `${at === '' ? 'The body' : at} ${what}.`, remedy: remedyFor(at) }
}
