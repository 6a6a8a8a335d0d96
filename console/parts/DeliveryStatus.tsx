import { Text } from '@mantine/core'
import type { Delivery, DeliveryStatus } from '../api/events.ts'
import { Status, type Tone } from '../ui/Status.tsx'

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

export function StatusOf({ status }: { readonly status: DeliveryStatus }) {
  return <Status tone={TONES[status]}>{WORDS[status]}</Status>
}

type Props = { readonly delivery: Pick<Delivery, 'status' | 'says'> & { readonly next?: string | null } }

/** A status with its reason in words, and what to do. */
export function DeliveryStatusOf({ delivery: { status, says, next } }: Props) {
  return (
    <div>
      <StatusOf status={status} />
      {says && <Text size="sm">{says}</Text>}
      {next && (
        <Text size="sm" fw={550}>
          {next}
        </Text>
      )}
    </div>
  )
}
