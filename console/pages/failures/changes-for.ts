import { FAILURE_TRANSITIONS } from '../../../src/domain/failure.ts'
import type { FailureChange, FailureState } from '../../api/failures.ts'

const HAPPENINGS = { acknowledge: 'acknowledged', ignore: 'ignored', reopen: 'reopened' } as const
const CHANGES = ['acknowledge', 'ignore', 'reopen'] as const satisfies readonly FailureChange[]

/** What somebody can make of a failure in this state: whatever leads to another one. */
export const changesFor = (state: FailureState): FailureChange[] =>
  CHANGES.filter(change => {
    const next = FAILURE_TRANSITIONS[state][HAPPENINGS[change]]
    return next !== undefined && next !== state
  })
