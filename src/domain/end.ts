import { type Status } from './delivery.ts'
import { type SkipReason } from './outcome.ts'

/** How a debt can end well, with the words for people. */
export const END_WORDS = {
  in_step: 'in step',
  not_in_audience: 'not in the audience',
  unmatched: 'cannot be matched',
  contact_gone: 'contact gone',
} as const

export type End = keyof typeof END_WORDS

const isEnd = (text: string): text is End => Object.hasOwn(END_WORDS, text)

export const ENDS: readonly End[] = Object.keys(END_WORDS).filter(isEnd)

/** The ends without a write. A person who made no mapped choice is in step: there is nothing that they ask for. */
export const END_UNWRITTEN: Readonly<Record<SkipReason, End>> = {
  unchanged: 'in_step',
  nothing_mapped: 'in_step',
  no_such_contact: 'not_in_audience',
  unresolvable: 'unmatched',
  contact_gone: 'contact_gone',
}

const isUnwritten = (reason: string): reason is SkipReason => Object.hasOwn(END_UNWRITTEN, reason)

type Ended = { readonly status: Status; readonly reason: string | undefined }

/** R17, R18: how a debt ended well; undefined while it is owed, or when it ended badly. */
export function endOf({ status, reason }: Ended): End | undefined {
  if (status === 'delivered') return 'in_step'
  return status === 'skipped' && reason !== undefined && isUnwritten(reason) ? END_UNWRITTEN[reason] : undefined
}
