import { Button, Paper, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { integrationsQuery, nameOf, type Integration } from '../../api/integrations.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { IntegrationStatus } from '../../parts/IntegrationStatus.tsx'
import { For } from '../../parts/role.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Scroll } from '../../ui/Scroll.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { Time } from '../../ui/Time.tsx'
import { counted } from '../../ui/time.ts'

export function Integrations() {
  const query = useQuery(integrationsQuery)
  return (
    <>
      <PageHeader
        title="Integrations"
        says="Each keeps one Mailchimp audience in step with the preferences of one Didomi source."
        actions={<NewButton />}
      />
      <Paper withBorder p="md">
        <Loaded query={query}>{({ data }) => (data.length === 0 ? <None /> : <List integrations={data} />)}</Loaded>
      </Paper>
    </>
  )
}

function NewButton() {
  return (
    <For role="operator">
      <Button component={Link} to="/integrations/new" leftSection={<Plus size={16} />}>
        New integration
      </Button>
    </For>
  )
}

function None() {
  return (
    <Empty
      title="No integration yet"
      says="Connect a Mailchimp audience to Didomi. You need a Mailchimp API key, and access to Didomi's webhooks."
    >
      <NewButton />
    </Empty>
  )
}

function List({ integrations }: { readonly integrations: readonly Integration[] }) {
  const { data: sources } = useQuery(sourcesQuery)
  const nameOfSource = (id: string): string => sources?.data.find(source => source.id === id)?.name ?? id
  return (
    <Scroll label="Integrations">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Source</Table.Th>
            <Table.Th>Audience</Table.Th>
            <Table.Th>Mapping</Table.Th>
            <Table.Th>Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {integrations.map(each => (
            <Row key={each.id} integration={each} source={nameOfSource(each.source_id)} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  )
}

function Row({ integration, source }: { readonly integration: Integration; readonly source: string }) {
  const { id, properties, mappings, updated_at, upsert_mode } = integration
  return (
    <Table.Tr>
      <Table.Td>
        <TextLink to="/integrations/$integrationId" params={{ integrationId: id }}>
          {nameOf(integration)}
        </TextLink>
      </Table.Td>
      <Table.Td>
        <IntegrationStatus integration={integration} />
      </Table.Td>
      <Table.Td>{source}</Table.Td>
      <Table.Td className="code">{properties.audience_id}</Table.Td>
      <Table.Td>
        {counted(mappings.length, ['merge tag', 'merge tags'])}
        {upsert_mode && ', upsert'}
      </Table.Td>
      <Table.Td>
        <Time at={updated_at} />
      </Table.Td>
    </Table.Tr>
  )
}
