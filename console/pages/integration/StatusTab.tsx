import { Button, SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ENDS } from '../../../src/domain/end.ts'
import { checkQuery, nameOf, type CheckResult, type Integration } from '../../api/integrations.ts'
import { overviewQuery } from '../../api/overview.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { countUnwritten, UNWRITTEN } from '../../parts/ends.ts'
import { HoldNotice } from '../../parts/HoldNotice.tsx'
import { For } from '../../parts/role.tsx'
import { Facts, type FactLine } from '../../ui/Facts.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Status } from '../../ui/Status.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { Time } from '../../ui/Time.tsx'
import { count, duration } from '../../ui/time.ts'

type Props = { readonly integration: Integration }

export function StatusTab({ integration }: Props) {
  return (
    <Stack>
      {integration.paused && (
        <Notice tone="calm" title="Paused">
          New facts are kept, and nothing is sent to Mailchimp until somebody resumes it.
        </Notice>
      )}
      {integration.enabled && !integration.checked && (
        <Notice tone="warn" title="Saved without a check">
          Mailchimp could not be asked whether this integration can work: {integration.not_checked}
        </Notice>
      )}
      {integration.still_to_owe && (
        <Notice tone="calm" title="Still going through everyone">
          Whoever its source knows may be out of step since <Time at={integration.still_to_owe.since} />.{' '}
          {count(integration.still_to_owe.owed)} people were looked at, and more follow by themselves.
        </Notice>
      )}
      {integration.holds.map(hold => (
        <HoldNotice key={hold.cause} hold={hold} title={`Held: ${hold.cause.replaceAll('_', ' ')}`} />
      ))}
      {integration.problems.length > 0 && (
        <Notice tone="warn" title="Part of the mapping is not delivered">
          <ProblemLines problems={integration.problems} />
        </Notice>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <LastDay integration={integration} />
        <Set integration={integration} />
      </SimpleGrid>
      <For role="operator">
        <Check integration={integration} />
      </For>
    </Stack>
  )
}

function LastDay({ integration }: Props) {
  const query = useQuery(overviewQuery({ hours: 24, integration_id: integration.id }))
  return (
    <Panel
      title="Last 24 hours"
      actions={
        <TextLink to="/" search={{ integration: integration.id }}>
          Overview
        </TextLink>
      }
    >
      <Loaded query={query}>
        {({ delivered, skipped, failed, backlog, time_to_deliver, oldest_waiting_at }) => (
          <Facts
            lines={[
              ['Delivered', count(delivered)],
              ...ENDS.map((end): FactLine => [UNWRITTEN[end], count(countUnwritten(skipped, end))]),
              ['Failed', count(failed.reduce((sum, each) => sum + each.count, 0))],
              ['Time to deliver, p95', time_to_deliver.p95_ms === null ? 'none' : duration(time_to_deliver.p95_ms)],
              ['Waiting', count(backlog.waiting + backlog.sending)],
              ['Held', count(backlog.held)],
              ['Oldest waiting', oldest_waiting_at === null ? 'nothing waits' : <Time at={oldest_waiting_at} />],
            ]}
          />
        )}
      </Loaded>
    </Panel>
  )
}

function Set({ integration }: Props) {
  const { data: sources } = useQuery(sourcesQuery)
  const source = sources?.data.find(({ id }) => id === integration.source_id)
  return (
    <Panel title="What it connects">
      <Facts
        lines={[
          ['Source', source?.name ?? integration.source_id],
          ['Audience', <span className="code">{integration.properties.audience_id}</span>],
          ['API key', <span className="code">{integration.authentication.api_key}</span>],
          [
            'Upsert mode',
            integration.upsert_mode ? 'on: unknown people become contacts' : 'off: existing contacts only',
          ],
          ['Made', <Time at={integration.created_at} />],
          ['Integration id', <span className="code">{integration.id}</span>],
        ]}
      />
    </Panel>
  )
}

function Check({ integration }: Props) {
  // Not asked by itself: a check that finds nothing wrong makes due what was held.
  const query = useQuery({ ...checkQuery(integration.id), enabled: false })
  return (
    <Panel
      title="Check with Mailchimp"
      actions={
        <Button size="xs" variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
          {query.data ? 'Check again' : 'Check now'}
        </Button>
      }
    >
      {query.data || query.error || query.isFetching ? (
        <Loaded query={query} rows={2}>
          {result => <CheckAnswer result={result} name={nameOf(integration)} />}
        </Loaded>
      ) : (
        <Text size="sm" c="dimmed">
          Asks Mailchimp about the key, the audience and every mapped merge tag. If all is well, what is held is sent.
        </Text>
      )}
    </Panel>
  )
}

function CheckAnswer({ result, name }: { readonly result: CheckResult; readonly name: string }) {
  if (!result.checked) return <Text size="sm">Mailchimp could not be asked: {result.not_checked}</Text>
  return (
    <Stack gap="xs">
      {result.ok ? (
        <Status tone="good">{`“${name}” can work`}</Status>
      ) : (
        <Status tone="bad">{`“${name}” cannot work as it is`}</Status>
      )}
      {result.account && (
        <Text size="sm">
          Connected as {result.account.name} ({result.account.role})
          {result.audience &&
            `, audience “${result.audience.name}” with ${result.audience.merge_fields.length} merge fields`}
          .
        </Text>
      )}
      <ProblemLines problems={result.problems} />
      <ProblemLines problems={result.notes} />
    </Stack>
  )
}

const ProblemLines = ({ problems }: Pick<CheckResult, 'problems'>) =>
  problems.map(({ path, detail, remedy }) => (
    <Text size="sm" key={`${path} ${detail}`}>
      {detail} <strong>{remedy}</strong>
    </Text>
  ))
