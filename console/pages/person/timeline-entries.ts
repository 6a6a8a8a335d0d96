import type { Attempt } from '../../api/events.ts'
import type { PersonInSource } from '../../api/people.ts'

type Fact = PersonInSource['facts'][number]

export type Entry =
  | { readonly kind: 'fact'; readonly at: string; readonly fact: Fact }
  | { readonly kind: 'attempt'; readonly at: string; readonly attempt: Attempt }
  | { readonly kind: 'deleted'; readonly at: string; readonly userId: string }

/** What was told and what was sent, newest first, by the time at which it reached or left us. */
export function timelineEntries({ facts, attempts, deleted_users }: PersonInSource): Entry[] {
  const entries: Entry[] = [
    ...facts.map(fact => ({ kind: 'fact' as const, at: fact.received_at, fact })),
    ...attempts.map(attempt => ({ kind: 'attempt' as const, at: attempt.started_at, attempt })),
    ...deleted_users.map(({ user_id, at }) => ({ kind: 'deleted' as const, at, userId: user_id })),
  ]
  return entries.sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
}
