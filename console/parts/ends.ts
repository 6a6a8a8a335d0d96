import type { End } from '../../src/domain/end.ts'
import type { OverviewFigures } from '../api/overview.ts'
import type { Tone } from '../ui/Status.tsx'

export const END_TONES = {
  in_step: 'good',
  not_in_audience: 'calm',
  unmatched: 'warn',
  contact_gone: 'warn',
} as const satisfies Record<End, Tone>

/** Titles for debts that ended well without a write. */
export const UNWRITTEN = {
  in_step: 'In step already',
  not_in_audience: 'Not in the audience',
  unmatched: 'Cannot be matched',
  contact_gone: 'Contact gone',
} as const satisfies Record<End, string>

export const countUnwritten = (skipped: OverviewFigures['skipped'], end: End): number =>
  skipped.filter(each => each.end === end).reduce((sum, each) => sum + each.count, 0)
