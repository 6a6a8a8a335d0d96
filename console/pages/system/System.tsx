import { Anchor, Group, SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { statsQuery, type Stats } from '../../api/overview.ts'
import { readinessQuery, versionQuery } from '../../api/system.ts'
import { Facts, type FactLine } from '../../ui/Facts.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Status } from '../../ui/Status.tsx'
import { count } from '../../ui/time.ts'
import { Batches } from './Batches.tsx'

/** The service itself: version, readiness, and exact counts. */
export function System() {
  const stats = useQuery(statsQuery)
  return (
    <>
      <PageHeader title="System" />
      <Stack>
        <SimpleGrid cols={{ base: 1, md: 3 }}>
          <Service />
          <Panel title="What arrived">
            <Loaded query={stats}>{({ inbox }) => <Facts areNumbers lines={inboxLines(inbox)} />}</Loaded>
          </Panel>
          <Panel title="Deliveries">
            <Loaded query={stats}>{counts => <Facts areNumbers lines={deliveryLines(counts)} />}</Loaded>
          </Panel>
        </SimpleGrid>
        <Batches />
        <Panel title="For machines">
          <Group gap="lg" fz="sm">
            <Anchor href="/docs" size="sm">
              API documentation
            </Anchor>
            <Anchor href="/openapi.json" size="sm">
              OpenAPI document
            </Anchor>
            <Anchor href="/metrics" size="sm">
              Metrics for Prometheus
            </Anchor>
          </Group>
        </Panel>
      </Stack>
    </>
  )
}

function Service() {
  const readiness = useQuery(readinessQuery)
  const version = useQuery(versionQuery)
  return (
    <Panel title="Service">
      <Loaded query={readiness} rows={2}>
        {({ ready }) => (
          <Facts
            lines={[
              ['Version', version.data ?? '…'],
              [
                'Webhooks',
                ready ? <Status tone="good">ready</Status> : <Status tone="bad">the store cannot write</Status>,
              ],
              ['Address', window.location.host],
            ]}
          />
        )}
      </Loaded>
    </Panel>
  )
}

const numbers = (pairs: readonly (readonly [name: string, number: number])[]): FactLine[] =>
  pairs.map(([name, number]) => [name, count(number)])

const inboxLines = (inbox: Stats['inbox']): FactLine[] =>
  numbers([
    ['Received', inbox.received],
    ['Folded', inbox.folded],
    ['Kept as evidence', inbox.evidence],
    ['Repeated', inbox.duplicate],
    ['Anonymous', inbox.anonymous],
    ['Ignored', inbox.ignored],
    ['Set apart', inbox.quarantined],
    ['Erased', inbox.erased],
    ['Anonymous until they expired', inbox.expired],
  ])

const deliveryLines = ({ deliveries, ends }: Stats): FactLine[] =>
  numbers([
    ['In step', ends.in_step],
    ['Not in the audience', ends.not_in_audience],
    ['Cannot be matched', ends.unmatched],
    ['Contact gone', ends.contact_gone],
    ['Waiting', deliveries.waiting],
    ['Sending', deliveries.sending],
    ['Held', deliveries.held],
    ['Dead letters', deliveries.dead],
  ])
