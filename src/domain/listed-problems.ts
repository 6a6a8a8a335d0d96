import { inFigures, LIMITS } from './limits.ts'
import { type FieldProblem } from './problem.ts'

/**
 * As many of the problems as one answer lists: `LIMITS.listedProblems` of at most `LIMITS.listedProblemBytes`, their
 * texts shortened. When some are left out, the last entry is a count of those.
 */
export function listedProblems(problems: readonly FieldProblem[]): FieldProblem[] {
  const listed: FieldProblem[] = []
  let bytes = 0
  for (const problem of problems) {
    const short = shortened(problem)
    bytes += bytesOf(short)
    // The count takes the place of the last one.
    const isLast = listed.length === LIMITS.listedProblems - 1 && problems.length > LIMITS.listedProblems
    if (isLast || bytes > LIMITS.listedProblemBytes) return [...listed, andMore(problems.length - listed.length)]
    listed.push(short)
  }
  return listed
}

const andMore = (count: number): FieldProblem => ({
  path: '',
  code: 'more_problems',
  detail: `And ${inFigures(count)} more ${count === 1 ? 'problem' : 'problems'}.`,
  remedy: 'Correct those that are listed, and send it again.',
})

const shortened = ({ path, code, detail, remedy }: FieldProblem): FieldProblem => ({
  path: shortText(path),
  code,
  detail: shortText(detail),
  remedy: shortText(remedy),
})

/** A text that may quote what a caller sent, as an answer shows it. */
export const shortText = (text: string): string =>
  text.length <= LIMITS.problemText ? text : `${text.slice(0, LIMITS.problemText)}…`

const bytesOf = (problem: FieldProblem): number => new TextEncoder().encode(JSON.stringify(problem)).length
