import { BACKLOG } from '../../../src/domain/batch.ts'
import { inFigures } from '../../../src/domain/limits.ts'
import { Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { batchesQuery, type Batch } from '../../api/system.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Scroll } from '../../ui/Scroll.tsx'
import { Status, type Tone } from '../../ui/Status.tsx'
import { Time } from '../../ui/Time.tsx'
import { count } from '../../ui/time.ts'

const TONES = {
  submitting: 'calm',
  submitted: 'calm',
  finished: 'good',
  cancelled: 'warn',
  lost: 'warn',
} as const satisfies Record<Batch['state'], Tone>

/** Backlogs go to Mailchimp in batches as well, and that may take hours there. */
export function Batches() {
  const query = useQuery(batchesQuery)
  return (
    <Panel title="Batches at Mailchimp">
      <Loaded query={query} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty
              title="No batch yet"
              says={`A backlog of more than ${inFigures(BACKLOG)} deliveries also goes in batches.`}
            />
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
