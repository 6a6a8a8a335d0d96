import { Anchor, Group, SimpleGrid, Stack, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { statsQuery, type Stats } from '../api/overview.ts'
import { batchesQuery, readinessQuery, versionQuery, type Batch } from '../api/system.ts'
import { Empty } from '../ui/Empty.tsx'
import { Facts, type FactLine } from '../ui/Facts.tsx'
import { Loaded } from '../ui/Loaded.tsx'
import { PageHeader } from '../ui/PageHeader.tsx'
import { Panel } from '../ui/Panel.tsx'
import { Scroll } from '../ui/Scroll.tsx'
import { Status, type Tone } from '../ui/Status.tsx'
import { Time } from '../ui/Time.tsx'
import { count } from '../ui/time.ts'

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
            <Loaded query={stats}>{({ deliveries }) => <Facts areNumbers lines={deliveryLines(deliveries)} />}</Loaded>
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

const TONES = {
  submitting: 'calm',
  submitted: 'calm',
  finished: 'good',
  cancelled: 'warn',
  lost: 'warn',
} as const satisfies Record<Batch['state'], Tone>

/** Backlogs go to Mailchimp in batches as well, and that may take hours there. */
function Batches() {
  const query = useQuery(batchesQuery)
  return (
    <Panel title="Batches at Mailchimp">
      <Loaded query={query} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No batch yet" says="A backlog of more than 2,000 deliveries also goes in batches." />
          ) : (
            <Scroll label="Batches">
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Made</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th>Ran</Table.Th>
                    <Table.Th>Failed</Table.Th>
                    <Table.Th>Why</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {data.map(each => (
                    <BatchRow key={each.id} batch={each} />
                  ))}
                </Table.Tbody>
              </Table>
            </Scroll>
          )
        }
      </Loaded>
    </Panel>
  )
}

const BatchRow = ({
  batch: { created_at, state, finished, operations, errored, detail },
}: {
  readonly batch: Batch
}) => (
  <Table.Tr>
    <Table.Td>
      <Time at={created_at} />
    </Table.Td>
    <Table.Td>
      <Status tone={TONES[state]}>{state}</Status>
    </Table.Td>
    <Table.Td>
      {count(finished)} of {count(operations)}
    </Table.Td>
    <Table.Td>{count(errored)}</Table.Td>
    <Table.Td>{detail}</Table.Td>
  </Table.Tr>
)

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
  ])

const deliveryLines = (deliveries: Stats['deliveries']): FactLine[] =>
  numbers([
    ['Delivered', deliveries.delivered],
    ['Skipped', deliveries.skipped],
    ['Waiting', deliveries.waiting],
    ['Sending', deliveries.sending],
    ['Held', deliveries.held],
    ['Dead letters', deliveries.dead],
  ])
