import { Stack, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { integrationQuery, nameOf, type Integration } from '../../api/integrations.ts'
import { IntegrationStatus } from '../../parts/IntegrationStatus.tsx'
import { For } from '../../parts/role.tsx'
import { later } from '../../ui/later.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Actions } from './Actions.tsx'
import { StatusTab } from './StatusTab.tsx'

const MappingTab = later(async () => (await import('./MappingTab.tsx')).MappingTab)
const SettingsTab = later(async () => (await import('./SettingsTab.tsx')).SettingsTab)

const route = getRouteApi('/app/integrations/$integrationId')

export function IntegrationDetail() {
  const { integrationId } = route.useParams()
  const query = useQuery(integrationQuery(integrationId))
  return <Loaded query={query}>{integration => <Detail integration={integration} />}</Loaded>
}

function Detail({ integration }: { readonly integration: Integration }) {
  return (
    <>
      <PageHeader
        title={nameOf(integration)}
        says={<IntegrationStatus integration={integration} />}
        actions={
          <For role="operator">
            <Actions integration={integration} />
          </For>
        }
      />
      <Parts integration={integration} />
    </>
  )
}

function Parts({ integration }: { readonly integration: Integration }) {
  const { tab = 'status' } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <Tabs
      value={tab}
      onChange={value =>
        void navigate({ search: { tab: value === 'mapping' || value === 'settings' ? value : undefined } })
      }
      keepMounted={false}
    >
      <Tabs.List mb="md" aria-label="Parts of the integration">
        <Tabs.Tab value="status">Status</Tabs.Tab>
        <Tabs.Tab value="mapping">Mapping</Tabs.Tab>
        <Tabs.Tab value="settings">Settings</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="status">
        <StatusTab integration={integration} />
      </Tabs.Panel>
      <Tabs.Panel value="mapping">
        <MappingTab integration={integration} />
      </Tabs.Panel>
      <Tabs.Panel value="settings">
        <Stack>
          <SettingsTab integration={integration} />
        </Stack>
      </Tabs.Panel>
    </Tabs>
  )
}
