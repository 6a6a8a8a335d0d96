import { Button, Paper, Switch, Table } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { endSession, sessionsQuery, type SignedInSession } from '../../api/settings.ts'
import { agentName } from '../../parts/agent.ts'
import { useMay } from '../../parts/role.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Scroll } from '../../ui/Scroll.tsx'
import { Status } from '../../ui/Status.tsx'
import { Time } from '../../ui/Time.tsx'

const route = getRouteApi('/app/settings/sessions')

/** Where one is signed in; owners see everybody's. */
export function Sessions() {
  const { all = false } = route.useSearch()
  const navigate = route.useNavigate()
  const isOwner = useMay('owner')
  const query = useQuery(sessionsQuery({ all: all && isOwner }))
  return (
    <>
      <PageHeader
        title="Sessions"
        says="A session ends after 12 hours without use, and after 7 days in any case."
        actions={
          isOwner && (
            <Switch
              label="Everybody's"
              checked={all}
              onChange={event => void navigate({ search: event.currentTarget.checked ? { all: true } : {} })}
            />
          )
        }
      />
      <Paper withBorder p="md">
        <Loaded query={query}>{({ data }) => <List sessions={data} />}</Loaded>
      </Paper>
    </>
  )
}

function List({ sessions }: { readonly sessions: readonly SignedInSession[] }) {
  return (
    <Scroll label="Sessions">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Account</Table.Th>
            <Table.Th>Browser</Table.Th>
            <Table.Th>Signed in</Table.Th>
            <Table.Th>Last seen</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map(session => (
            <Row key={session.id} session={session} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  )
}

function Row({ session: { id, email, agent, created_at, seen_at, current } }: { readonly session: SignedInSession }) {
  const queries = useQueryClient()
  const end = useMutation({
    mutationFn: () => endSession(id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  })
  return (
    <Table.Tr>
      <Table.Td>{email}</Table.Td>
      <Table.Td title={agent}>{agentName(agent)}</Table.Td>
      <Table.Td>
        <Time at={created_at} />
      </Table.Td>
      <Table.Td>
        <Time at={seen_at} />
      </Table.Td>
      <Table.Td ta="right">
        {current ? (
          <Status tone="good">this one</Status>
        ) : (
          <Button size="compact-sm" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
            End
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
