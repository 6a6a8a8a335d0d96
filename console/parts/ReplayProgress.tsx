import { Progress, Stack, Text } from '@mantine/core'
import type { Replay } from '../api/replays.ts'
import { Status } from '../ui/Status.tsx'
import { count, counted } from '../ui/time.ts'

const STATE_WORDS = {
  making_due: 'Making due',
  delivering: 'Delivering',
  done: 'Done',
} as const satisfies Record<Replay['state'], string>

/** How far a replay is. It is read from the service, so it is the same after a reload and for everybody. */
export function ReplayProgress({ replay: { state, progress } }: { readonly replay: Replay }) {
  const { total, settled, made_due, withdrawals } = progress
  const part = total === 0 ? 100 : Math.min(100, (100 * settled) / total)
  return (
    <Stack gap={6}>
      <Status tone={state === 'done' ? 'good' : 'busy'}>{STATE_WORDS[state]}</Status>
      <Progress value={part} size="lg" aria-label="Settled" animated={state !== 'done'} />
      <Text size="sm" className="number" role="status">
        {count(settled)} of {counted(total, ['delivery', 'deliveries'])} ended, {count(made_due)} made due
        {withdrawals > 0 && `, ${counted(withdrawals, ['withdrawal', 'withdrawals'])} among them`}.
      </Text>
    </Stack>
  )
}
