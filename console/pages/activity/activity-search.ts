import { ENDS } from '../../../src/domain/end.ts'
import { FACT_TYPES } from '../../../src/domain/fact.ts'
import { parseInstant } from '../../../src/domain/instant.ts'
import { ATTEMPT_REASONS } from '../../../src/domain/reason.ts'
import { given, oneOf, textIn, type RawSearch } from '../../search-params.ts'

export const ACTIVITY_VIEWS = ['events', 'deliveries', 'quarantine'] as const
export const DELIVERY_STATUSES = ['waiting', 'sending', 'held', 'delivered', 'skipped', 'dead'] as const

/** How far back to look, in hours. */
export const LOOKS_BACK = [1, 24, 168] as const

/** `who` is the key of a person, not their address. A time is `hours` back from now, or `from` and `to`. */
export const readActivitySearch = (search: RawSearch) =>
  given({
    view: oneOf(search.view, ACTIVITY_VIEWS),
    source: textIn(search, 'source'),
    integration: textIn(search, 'integration'),
    status: oneOf(search.status, DELIVERY_STATUSES),
    end: oneOf(search.end, ENDS),
    who: textIn(search, 'who'),
    hours: oneOf(search.hours, LOOKS_BACK),
    from: instantIn(search, 'from'),
    to: instantIn(search, 'to'),
    type: oneOf(search.type, FACT_TYPES),
    answer: answerIn(search.answer),
    reason: oneOf(search.reason, ATTEMPT_REASONS),
  })

function instantIn(search: RawSearch, name: string): string | undefined {
  const text = textIn(search, name)
  return parseInstant(text) === undefined ? undefined : text
}

/** An HTTP status that Mailchimp answered, or that it gave no answer. */
export type AnswerStatus = number | 'none'

const answerIn = (value: unknown): AnswerStatus | undefined =>
  value === 'none' || (typeof value === 'number' && /^[1-5]\d\d$/.test(String(value))) ? value : undefined
