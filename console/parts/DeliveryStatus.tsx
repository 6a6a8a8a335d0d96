import { Text } from '@mantine/core'
import { END_WORDS } from '../../src/domain/end.ts'
import type { Delivery, DeliveryStatus } from '../api/events.ts'
import { Status, type Tone } from '../ui/Status.tsx'
import { END_TONES } from './ends.ts'

const TONES = {
  waiting: 'busy',
  sending: 'busy',
  held: 'warn',
  delivered: 'good',
  skipped: 'calm',
  dead: 'bad',
} as const satisfies Record<DeliveryStatus, Tone>

const WORDS = {
  waiting: 'waiting',
  sending: 'sending',
  held: 'held',
  delivered: 'delivered',
  skipped: 'skipped',
  dead: 'dead letter',
} as const satisfies Record<DeliveryStatus, string>

type Ended = Pick<Delivery, 'status' | 'end'>

/** How it ended well, else its status. */
export function StatusOf({ delivery: { status, end } }: { readonly delivery: Ended }) {
  if (end !== null) return <Status tone={END_TONES[end]}>{END_WORDS[end]}</Status>
  return <Status tone={TONES[status]}>{WORDS[status]}</Status>
}

type Props = { readonly delivery: Ended & Pick<Delivery, 'says'> & { readonly next?: string | null } }

/** A status with its reason in words, and what to do. */
export function DeliveryStatusOf({ delivery }: Props) {
  const { says, next } = delivery
  return (
    <div>
      <StatusOf delivery={delivery} />
      {says && <Text size="sm">{says}</Text>}
      {next && (
        <Text size="sm" fw={550}>
          {next}
        </Text>
      )}
    </div>
  )
}
