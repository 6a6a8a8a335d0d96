import { SimpleGrid } from '@mantine/core'
import type { Latency, OverviewFigures } from '../../api/overview.ts'
import { given } from '../../search-params.ts'
import { Figure } from '../../ui/Figure.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { Time } from '../../ui/Time.tsx'
import { count, duration } from '../../ui/time.ts'

type Props = { readonly figures: OverviewFigures; readonly integration: string | undefined }

export const sumOf = (counts: readonly { readonly count: number }[]): number =>
  counts.reduce((sum, each) => sum + each.count, 0)

export function Figures({ figures, integration }: Props) {
  const { delivered, received, failed, backlog, oldest_waiting_at, time_to_deliver, time_to_withdraw } = figures
  const failures = sumOf(failed)
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
      <Figure name="Delivered" value={count(delivered)} says={`${count(received)} facts received`} />
      <Figure
        name="Failed"
        value={count(failures)}
        tone={failures > 0 ? 'bad' : undefined}
        says={
          <TextLink to="/failures" search={given({ integration })} size="xs">
            See why
          </TextLink>
        }
      />
      <LatencyFigure name="Time to deliver" latency={time_to_deliver} />
      <LatencyFigure name="Time to withdraw" latency={time_to_withdraw} />
      <Figure
        name="Waiting"
        value={count(backlog.waiting + backlog.sending)}
        says={oldest_waiting_at === null ? 'nothing waits' : <Oldest at={oldest_waiting_at} />}
      />
      <Figure
        name="Held"
        value={count(backlog.held)}
        tone={backlog.held > 0 ? 'warn' : undefined}
        says={`and ${count(backlog.dead)} dead letters`}
      />
    </SimpleGrid>
  )
}

function Oldest({ at }: { readonly at: string }) {
  return (
    <>
      oldest <Time at={at} inline />
    </>
  )
}

function LatencyFigure({ name, latency }: { readonly name: string; readonly latency: Latency }) {
  const { p50_ms, p95_ms } = latency
  if (p50_ms === null || p95_ms === null) return <Figure name={name} value="none" says="nothing in this time" />
  return <Figure name={`${name}, p95`} value={duration(p95_ms)} says={`median ${duration(p50_ms)}`} />
}
