import { Button, Group, Paper, Select, Switch, Text } from '@mantine/core'
import { useWindowScroll } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { sourcesQuery } from '../../api/sources.ts'
import { fromPersonKey, toPersonKey } from '../../parts/person-key.ts'
import { PersonPicker } from '../../parts/PersonPicker.tsx'
import { given } from '../../search-params.ts'
import { Empty, NothingFound } from '../../ui/Empty.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { VirtualRows } from '../../ui/VirtualRows.tsx'
import { EventRow } from './EventRow.tsx'
import { useLiveEvents } from './use-live-events.ts'

const route = getRouteApi('/app/activity')

/** Further down than this, somebody reads, and rows must not move. */
const AT_TOP_PX = 120

export function Events() {
  const { source, who } = route.useSearch()
  const person = who === undefined ? undefined : fromPersonKey(who)
  const [wantsLive, setWantsLive] = useState(true)
  const [{ y }, scrollTo] = useWindowScroll()
  const isReading = y > AT_TOP_PX
  return (
    <>
      <Group mb="sm" gap="sm" align="flex-end">
        <Filters />
        <Group gap="sm" ml="auto">
          <Switch label="Live" checked={wantsLive} onChange={event => setWantsLive(event.currentTarget.checked)} />
          {wantsLive && isReading && (
            <Button size="compact-sm" variant="default" onClick={() => scrollTo({ y: 0 })}>
              Paused while you read · back to the newest
            </Button>
          )}
        </Group>
      </Group>
      <Paper withBorder>
        <List filter={given({ source_id: source, person })} isLive={wantsLive && !isReading} />
      </Paper>
    </>
  )
}

function Filters() {
  const { source, who } = route.useSearch()
  const navigate = route.useNavigate()
  const { data: sources } = useQuery(sourcesQuery)
  const person = who === undefined ? null : (fromPersonKey(who) ?? null)
  return (
    <>
      <PersonPicker
        label="Person"
        person={person}
        onChange={next =>
          void navigate({
            search: before => given({ ...before, who: next === null ? undefined : toPersonKey(next) }),
            replace: true,
          })
        }
      />
      <Select
        label="Source"
        placeholder="All sources"
        clearable
        data={(sources?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={source ?? null}
        onChange={next =>
          void navigate({ search: before => given({ ...before, source: next ?? undefined }), replace: true })
        }
      />
    </>
  )
}

type ListProps = {
  readonly filter: { readonly source_id?: string; readonly person?: string }
  readonly isLive: boolean
}

function List({ filter, isLive }: ListProps) {
  const navigate = route.useNavigate()
  const { list } = useLiveEvents(filter, isLive)
  const { fetchNextPage, isFetchingNextPage, hasNextPage } = list
  const loadMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])
  const isFiltered = Object.keys(filter).length > 0
  return (
    <Loaded query={list} rows={10}>
      {({ pages }) => {
        const events = pages.flatMap(({ data }) => data)
        if (events.length === 0)
          return isFiltered ? <NothingFound onClear={() => void navigate({ search: {} })} /> : <NoEvents />
        return (
          <>
            <VirtualRows
              label="Events"
              rows={events}
              keyOf={({ id }) => id}
              height={57}
              hasMore={hasNextPage}
              onMore={loadMore}
            >
              {event => <EventRow event={event} />}
            </VirtualRows>
            <Text size="xs" c="dimmed" ta="center" py="sm">
              {hasNextPage ? 'Loading older events …' : 'This is the oldest.'}
            </Text>
          </>
        )
      }}
    </Loaded>
  )
}

function NoEvents() {
  const { data: sources } = useQuery(sourcesQuery)
  const url = sources?.data[0]?.webhook_url
  return (
    <Empty
      title="No events yet"
      says={
        url === undefined ? (
          'Make a source first; it has the webhook URL that Didomi needs.'
        ) : (
          <>
            Paste <code className="code">{url}</code> into Didomi, and make a choice in a preference centre.
          </>
        )
      }
    >
      <TextLink to="/settings/sources">Sources</TextLink>
    </Empty>
  )
}
