import { Button, Group, Paper, Switch, Text } from '@mantine/core'
import { useWindowScroll } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import type { EventFilter } from '../../api/events.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { fromPersonKey } from '../../parts/person-key.ts'
import { given } from '../../search-params.ts'
import { Empty, NothingFound } from '../../ui/Empty.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { VirtualRows } from '../../ui/VirtualRows.tsx'
import { EventFilters } from './EventFilters.tsx'
import { EventRow } from './EventRow.tsx'
import { useLiveEvents } from './use-live-events.ts'
import { useOlder } from './use-older.ts'

const route = getRouteApi('/app/activity')

/** Further down than this, somebody reads, and rows must not move. */
const AT_TOP_PX = 120

export function Events() {
  const filter = useEventFilter()
  const [wantsLive, setWantsLive] = useState(true)
  const [{ y }, scrollTo] = useWindowScroll()
  const isReading = y > AT_TOP_PX
  return (
    <>
      <Group mb="sm" gap="sm" align="flex-end">
        <EventFilters />
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
        <List filter={filter} isLive={wantsLive && !isReading} />
      </Paper>
    </>
  )
}

/** What the address asks for. */
function useEventFilter(): EventFilter {
  const { source, who, hours, from, to, type, answer, reason } = route.useSearch()
  const person = who === undefined ? undefined : fromPersonKey(who)
  const range = hours === undefined ? { from, to } : { hours }
  return given({ source_id: source, person, ...range, type, answer_status: answer, attempt_reason: reason })
}

type ListProps = { readonly filter: EventFilter; readonly isLive: boolean }

function List({ filter, isLive }: ListProps) {
  const navigate = route.useNavigate()
  const { list } = useLiveEvents(filter, isLive)
  const { loadMore, isPaused } = useOlder(list)
  const { hasNextPage } = list
  const isFiltered = Object.keys(filter).length > 0
  return (
    <Loaded query={list} rows={10}>
      {({ pages }) => {
        const events = pages.flatMap(({ data }) => data)
        if (events.length === 0 && !hasNextPage)
          return isFiltered ? <NothingFound onClear={() => void navigate({ search: {} })} /> : <NoEvents />
        return (
          <>
            {events.length > 0 && (
              <VirtualRows
                label="Events"
                rows={events}
                keyOf={({ id }) => id}
                height={57}
                hasMore={hasNextPage && !isPaused}
                onMore={loadMore}
              >
                {event => <EventRow event={event} />}
              </VirtualRows>
            )}
            {isPaused ? <SearchOn onClick={loadMore} /> : <Foot hasMore={hasNextPage} />}
          </>
        )
      }}
    </Loaded>
  )
}

const Foot = ({ hasMore }: { readonly hasMore: boolean }) => (
  <Text size="xs" c="dimmed" ta="center" py="sm" role="status">
    {hasMore ? 'Loading older events …' : 'This is the oldest.'}
  </Text>
)

/** So much was looked through in vain that somebody should narrow the search, or say that it is worth it. */
function SearchOn({ onClick }: { readonly onClick: () => void }) {
  return (
    <Empty title="Nothing more so far" says="Many events were looked through. A time makes the search shorter.">
      <Button size="xs" variant="default" onClick={onClick}>
        Search older events
      </Button>
    </Empty>
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
