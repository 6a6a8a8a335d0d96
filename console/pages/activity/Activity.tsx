import { Tabs } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { oneOf } from '../../search-params.ts'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ACTIVITY_VIEWS } from './activity-search.ts'
import { Deliveries } from './Deliveries.tsx'
import { Events } from './Events.tsx'
import { Quarantine } from './Quarantine.tsx'

const route = getRouteApi('/app/activity')

export function Activity() {
  const { view = 'events' } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <>
      <PageHeader title="Activity" says="What Didomi sent, what was owed because of it, and what could not be read." />
      <Tabs
        value={view}
        onChange={value => void navigate({ search: { view: oneOf(value, ACTIVITY_VIEWS) } })}
        keepMounted={false}
      >
        <Tabs.List mb="md" aria-label="Activity">
          <Tabs.Tab value="events">Events</Tabs.Tab>
          <Tabs.Tab value="deliveries">Deliveries</Tabs.Tab>
          <Tabs.Tab value="quarantine">Set apart</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="events">
          <Events />
        </Tabs.Panel>
        <Tabs.Panel value="deliveries">
          <Deliveries />
        </Tabs.Panel>
        <Tabs.Panel value="quarantine">
          <Quarantine />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}
