import { SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { integrationsQuery } from '../../api/integrations.ts'
import { overviewQuery, type OverviewFigures } from '../../api/overview.ts'
import { IntegrationSelect } from '../../parts/IntegrationSelect.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { given } from '../../search-params.ts'
import { Chart } from './Chart.tsx'
import { Figures } from './Figures.tsx'
import { FirstSteps } from './FirstSteps.tsx'
import { Health } from './Health.tsx'
import { Pipeline } from './Pipeline.tsx'
import { RangeSelect } from './RangeSelect.tsx'
import { Reasons } from './Reasons.tsx'

const route = getRouteApi('/app/')

const DEFAULT_RANGE = 24

/** Whether everything is delivered, how soon, and if not, why not. */
export function Overview() {
  const { integration, hours = DEFAULT_RANGE } = route.useSearch()
  const navigate = route.useNavigate()
  const integrations = useQuery(integrationsQuery)
  const query = useQuery(overviewQuery({ hours, ...given({ integration_id: integration }) }))
  if (integrations.data?.data.length === 0) return <FirstSteps />
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <>
            <IntegrationSelect
              value={integration}
              onChange={value => void navigate({ search: before => given({ ...before, integration: value }) })}
            />
            <RangeSelect
              value={hours}
              onChange={value => void navigate({ search: before => given({ ...before, hours: value }) })}
            />
          </>
        }
      />
      <Loaded query={query} rows={8}>
        {figures => <Content figures={figures} integration={integration} />}
      </Loaded>
    </>
  )
}

type Props = { readonly figures: OverviewFigures; readonly integration: string | undefined }

function Content({ figures, integration }: Props) {
  return (
    <Stack>
      <Health figures={figures} />
      <Figures figures={figures} integration={integration} />
      {!figures.complete && (
        <Text size="sm" c="dimmed">
          More happened in this time than is counted here: the newest 100,000 of each kind.
        </Text>
      )}
      <Panel title="Over time">
        <Chart points={figures.series} />
      </Panel>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Pipeline figures={figures} integration={integration} />
        <Reasons figures={figures} integration={integration} />
      </SimpleGrid>
    </Stack>
  )
}
