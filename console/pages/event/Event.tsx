import { Stack, Text, Timeline } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { eventQuery, type EventDetail } from '../../api/events.ts'
import { AttemptView } from '../../parts/AttemptView.tsx'
import { ChoiceList } from '../../parts/ChoiceList.tsx'
import { DeliveryStatusOf } from '../../parts/DeliveryStatus.tsx'
import { useIntegrationName } from '../../parts/IntegrationSelect.tsx'
import { maskedText } from '../../parts/mask.ts'
import { PersonName } from '../../parts/PersonName.tsx'
import { useReveals } from '../../parts/Revealed.tsx'
import { CopyIcon } from '../../ui/CopyField.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { JsonView, pretty } from '../../ui/JsonView.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Time } from '../../ui/Time.tsx'

const route = getRouteApi('/app/events/$eventId')

/** One event, from its receipt to the answer of Mailchimp. */
export function Event() {
  const { eventId } = route.useParams()
  const query = useQuery(eventQuery(eventId))
  return (
    <>
      <PageHeader
        title="Event"
        says={
          <>
            <span className="code">{eventId}</span> <CopyIcon label="the event id" value={eventId} />
          </>
        }
      />
      <Loaded query={query} rows={8}>
        {event => <Way event={event} />}
      </Loaded>
    </>
  )
}

type Props = { readonly event: EventDetail }

function Way({ event }: Props) {
  return (
    <Stack>
      {event.explanation !== null && (
        <Notice tone="calm" title="This event changes nothing by itself">
          <Text size="sm">{event.explanation}</Text>
        </Notice>
      )}
      <Timeline bulletSize={14} lineWidth={2} active={99}>
        <Timeline.Item title="Received from Didomi">
          <Received event={event} />
        </Timeline.Item>
        <Timeline.Item title="Read as these choices">
          <Folded event={event} />
        </Timeline.Item>
        <Timeline.Item title="Owed to Mailchimp">
          <Owed event={event} />
        </Timeline.Item>
        <Timeline.Item title="Sent and answered">
          <Sent event={event} />
        </Timeline.Item>
      </Timeline>
    </Stack>
  )
}

function Received({ event }: Props) {
  const { people } = useReveals()
  const isShown = event.person !== null && people.has(event.person)
  const body = event.body === null ? undefined : pretty(event.body)
  return (
    <Panel mt="xs">
      <Stack gap="sm">
        <Facts
          lines={[
            ['Person', <NamedAs key="person" event={event} />],
            ['Type', event.type],
            ['Happened', <Time at={event.at} />],
            ['Received', <Time at={event.received_at} />],
            ['Status', event.status],
            ['Regulation', event.regulation],
          ]}
        />
        {body === undefined ? (
          <Text size="sm" c="dimmed">
            The record as it was received is not kept any longer.
          </Text>
        ) : (
          <details>
            <summary className="summary">The record as it was received</summary>
            <JsonView label="You received" text={isShown ? body : maskedText(body)} />
          </details>
        )}
      </Stack>
    </Panel>
  )
}

function NamedAs({ event: { person, adopted } }: Props) {
  if (person === null) return 'anonymous: its Didomi user is not known yet'
  return (
    <>
      <PersonName person={person} canReveal />
      {adopted && (
        <Text span size="sm" c="dimmed">
          {' '}
          named by its Didomi user
        </Text>
      )}
    </>
  )
}

function Folded({ event: { states, folds } }: Props) {
  return (
    <Panel mt="xs">
      {!folds && (
        <Text size="sm" mb="xs">
          Evidence: this source follows the other family of webhooks. Only a deletion or a time in it counts.
        </Text>
      )}
      {states.length === 0 ? <Text size="sm">It names no choice.</Text> : <ChoiceList choices={states} />}
    </Panel>
  )
}

function Owed({ event: { deliveries } }: Props) {
  const nameOf = useIntegrationName()
  return (
    <Panel mt="xs">
      {deliveries.length === 0 && <Text size="sm">No integration owes anything for it.</Text>}
      <Facts
        lines={deliveries.map(delivery => [
          nameOf(delivery.integration_id),
          <DeliveryStatusOf key={delivery.id} delivery={delivery} />,
        ])}
      />
    </Panel>
  )
}

function Sent({ event: { attempts } }: Props) {
  return (
    <Stack mt="xs">
      {attempts.length === 0 && (
        <Panel>
          <Text size="sm">No request was made for it. A later event may have taken its place.</Text>
        </Panel>
      )}
      {attempts.map(attempt => (
        <Panel key={attempt.id}>
          <AttemptView attempt={attempt} />
        </Panel>
      ))}
    </Stack>
  )
}
