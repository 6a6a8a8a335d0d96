import { type Choice, type Loss } from './choice.ts'

/** R6: why an answer counts as denied although the person never denied it. It never says to whom a device moved (R5). */
const TAKEN_AWAY = {
  event_deleted: 'Taken away: the event behind it was deleted.',
  no_choice: 'Taken away: Didomi shows no choice there any more.',
  moved: 'Taken away: the device moved to another person.',
} as const satisfies Record<Loss, string>

/** How a grant can lose its ground. */
export const LOSSES = ['event_deleted', 'no_choice', 'moved'] as const satisfies readonly Loss[]

/** R6, R7: what is to be said of a choice beside its answer; undefined when that is all. */
export function noteOn({ retracted, deniedUnder }: Pick<Choice, 'retracted' | 'deniedUnder'>): string | undefined {
  if (retracted !== undefined) return TAKEN_AWAY[retracted]
  if (deniedUnder === undefined) return undefined
  return `Denied under ${deniedUnder}, even if another regulation grants.`
}
