import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { replayQuery, type Replay } from '../../api/replays.ts'
import { useIntegrationName } from '../../parts/IntegrationSelect.tsx'
import { causeWords } from '../../parts/FailureWords.tsx'
import { ReplayProgress } from '../../parts/ReplayProgress.tsx'
import { Facts, type FactLine } from '../../ui/Facts.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { Time } from '../../ui/Time.tsx'

const route = getRouteApi('/app/replays/$replayId')

/** One replay and its progress. */
export function ReplayDetail() {
  const { replayId } = route.useParams()
  const query = useQuery(replayQuery(replayId))
  return (
    <>
      <PageHeader
        title={query.data?.kind === 'resync' ? 'Resync' : 'Replay'}
        says={<span className="code">{replayId}</span>}
      />
      <Loaded query={query}>
        {replay => (
          <Stack maw={720}>
            <Panel title="Progress">
              <ReplayProgress replay={replay} />
            </Panel>
            <Asked replay={replay} />
            <TextLink to="/failures">Back to the failures</TextLink>
          </Stack>
        )}
      </Loaded>
    </>
  )
}

function Asked({ replay: { filter, requested_by, created_at, finished_at } }: { readonly replay: Replay }) {
  const nameOf = useIntegrationName()
  const integrationId = filter.integration_id ?? filter.failure?.integration_id
  const lines: FactLine[] = [
    ['Integration', integrationId === undefined || integrationId === null ? 'all' : nameOf(integrationId)],
    ...(filter.failure ? [['Failure', causeWords(filter.failure.cause)] as const] : []),
    ...(filter.reason === null ? [] : [['Reason', causeWords(filter.reason)] as const]),
    ...(filter.status === null ? [] : [['Status', filter.status] as const]),
    ...(filter.delivery_ids === null ? [] : [['Deliveries', filter.delivery_ids.length] as const]),
    ['Asked for', <Time at={created_at} />],
    ['By', requested_by],
    ['Finished', finished_at === null ? 'not yet' : <Time at={finished_at} />],
  ]
  return (
    <Panel title="What was asked for">
      <Facts lines={lines} />
    </Panel>
  )
}
