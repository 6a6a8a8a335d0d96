import { Button, Group, Paper, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { failuresQuery } from '../../api/failures.ts'
import { IntegrationSelect } from '../../parts/IntegrationSelect.tsx'
import { ReplayDialog } from '../../parts/ReplayDialog.tsx'
import { For } from '../../parts/role.tsx'
import { given, oneOf } from '../../search-params.ts'
import { Empty, NothingFound } from '../../ui/Empty.tsx'
import { FilterSelect } from '../../ui/FilterSelect.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { FAILURE_KINDS, FAILURE_STATES } from './failure-search.ts'
import { FailureRow } from './FailureRow.tsx'
import { RecentReplays } from './RecentReplays.tsx'

const route = getRouteApi('/app/failures')

/** What fails, grouped by cause: one row for each thing to repair, not for each person. */
export function Failures() {
  return (
    <>
      <PageHeader
        title="Failures"
        says="Grouped by cause. Repair the cause, then replay the group."
        actions={
          <For role="operator">
            <ReplayAll />
          </For>
        }
      />
      <Stack>
        <Filters />
        <Paper withBorder>
          <List />
        </Paper>
        <RecentReplays />
      </Stack>
    </>
  )
}

function ReplayAll() {
  const [isOpen, dialog] = useDisclosure(false)
  return (
    <>
      <Button variant="default" leftSection={<RotateCcw size={16} />} onClick={dialog.open}>
        Replay everything that failed
      </Button>
      {isOpen && (
        <ReplayDialog isOpen onClose={dialog.close} scope={{ debts: { all: true } }} what="all integrations" />
      )}
    </>
  )
}

function Filters() {
  const { integration, kind, state } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <Group gap="sm">
      <IntegrationSelect
        value={integration}
        onChange={next => void navigate({ search: before => given({ ...before, integration: next }), replace: true })}
      />
      <FilterSelect
        label="Kind"
        all="Any kind"
        options={[
          { value: 'dead', label: 'Dead letters' },
          { value: 'held', label: 'Held' },
          { value: 'retrying', label: 'Tried again' },
        ]}
        value={kind}
        onChange={next =>
          void navigate({ search: before => given({ ...before, kind: oneOf(next, FAILURE_KINDS) }), replace: true })
        }
      />
      <FilterSelect
        label="State"
        all="All but resolved"
        options={FAILURE_STATES.map(each => ({ value: each, label: each }))}
        value={state}
        onChange={next =>
          void navigate({ search: before => given({ ...before, state: oneOf(next, FAILURE_STATES) }), replace: true })
        }
      />
    </Group>
  )
}

function List() {
  const { integration, kind, state } = route.useSearch()
  const navigate = route.useNavigate()
  const filter = given({ integration_id: integration, kind, state })
  const query = useInfiniteQuery(failuresQuery(filter))
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const failures = pages.flatMap(({ data }) => data)
        if (failures.length === 0)
          return Object.keys(filter).length > 0 ? (
            <NothingFound onClear={() => void navigate({ search: {} })} />
          ) : (
            <Empty title="Nothing fails" says="Everything that was owed has ended well, or is on its way." />
          )
        return (
          <>
            {failures.map(failure => (
              <FailureRow key={failure.id} failure={failure} />
            ))}
            {query.hasNextPage && (
              <Button m="sm" variant="default" onClick={() => void query.fetchNextPage()}>
                Show more
              </Button>
            )}
          </>
        )
      }}
    </Loaded>
  )
}
