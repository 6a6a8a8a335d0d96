import type { Failure, FailureKind, FailureState } from '../api/failures.ts'
import { Status, type Tone } from '../ui/Status.tsx'

const STATE_TONES = {
  open: 'bad',
  acknowledged: 'busy',
  ignored: 'calm',
  resolved: 'good',
} as const satisfies Record<FailureState, Tone>

export function FailureStateOf({ failure: { state } }: { readonly failure: Pick<Failure, 'state'> }) {
  return <Status tone={STATE_TONES[state]}>{state}</Status>
}

export const KIND_WORDS = {
  dead: 'dead letters',
  held: 'held',
  retrying: 'tried again',
  gone: 'withdrawals whose contact is gone',
} as const satisfies Record<FailureKind, string>

export const causeWords = (cause: string): string => {
  const words = cause.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
