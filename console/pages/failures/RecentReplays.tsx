import { Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { replaysQuery } from '../../api/replays.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Scroll } from '../../ui/Scroll.tsx'
import { Status } from '../../ui/Status.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { Time } from '../../ui/Time.tsx'
import { count } from '../../ui/time.ts'

/** The newest replays; nothing when there was none. */
export function RecentReplays() {
  const { data } = useQuery(replaysQuery)
  if (!data || data.data.length === 0) return null
  return (
    <Panel title="Replays">
      <Scroll label="Table of replays">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Asked for</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th ta="right">Ended</Table.Th>
              <Table.Th ta="right">Of</Table.Th>
              <Table.Th>By</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.data.map(({ id, kind, state, progress, created_at, requested_by }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <Time at={created_at} />
                </Table.Td>
                <Table.Td>
                  <TextLink to="/replays/$replayId" params={{ replayId: id }}>
                    {kind === 'resync' ? 'Resync' : 'Replay'}
                  </TextLink>
                </Table.Td>
                <Table.Td>
                  <Status tone={state === 'done' ? 'good' : 'busy'}>{state.replaceAll('_', ' ')}</Status>
                </Table.Td>
                <Table.Td ta="right" className="number">
                  {count(progress.settled)}
                </Table.Td>
                <Table.Td ta="right" className="number">
                  {count(progress.total)}
                </Table.Td>
                <Table.Td>{requested_by}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </Panel>
  )
}
