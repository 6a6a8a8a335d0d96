import { Button, Collapse, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import type { Delivery } from '../../api/events.ts'
import { atMailchimpQuery, type AtMailchimp } from '../../api/people.ts'
import { explainPerson } from '../../api/plans.ts'
import { DeliveryStatusOf } from '../../parts/DeliveryStatus.tsx'
import { FieldChanges } from '../../parts/FieldChanges.tsx'
import { useIntegrationName } from '../../parts/IntegrationSelect.tsx'
import { maskedText } from '../../parts/mask.ts'
import { compareFields } from '../../parts/plan-fields.ts'
import { PlanView } from '../../parts/PlanView.tsx'
import { ReplayDialog } from '../../parts/ReplayDialog.tsx'
import { For } from '../../parts/role.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Status } from '../../ui/Status.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { Time } from '../../ui/Time.tsx'

type Props = { readonly person: string; readonly delivery: Delivery }

/** One person in one integration: the state of the debt, and on request what Mailchimp holds at that moment and what would be sent. */
export function InIntegration({ person, delivery }: Props) {
  const nameOf = useIntegrationName()
  const name = nameOf(delivery.integration_id)
  const [isCompared, compare] = useDisclosure(false)
  const [isExplained, explain] = useDisclosure(false)
  const [isReplaying, replay] = useDisclosure(false)
  return (
    <Panel
      title={
        <TextLink to="/integrations/$integrationId" params={{ integrationId: delivery.integration_id }} inherit>
          {name}
        </TextLink>
      }
    >
      <Stack gap="sm">
        <DeliveryStatusOf delivery={delivery} />
        <Group gap="xs">
          <Button size="xs" variant="default" aria-expanded={isCompared} onClick={compare.toggle}>
            Compare with Mailchimp
          </Button>
          <Button size="xs" variant="default" aria-expanded={isExplained} onClick={explain.toggle}>
            Explain
          </Button>
          <For role="operator">
            <Button size="xs" variant="default" onClick={replay.open}>
              Replay
            </Button>
          </For>
        </Group>
        <Collapse expanded={isCompared}>
          {isCompared && <Comparison person={person} integrationId={delivery.integration_id} />}
        </Collapse>
        <Collapse expanded={isExplained}>
          {isExplained && <Explanation person={person} integrationId={delivery.integration_id} />}
        </Collapse>
      </Stack>
      {isReplaying && (
        <ReplayDialog
          isOpen
          onClose={replay.close}
          scope={{ debts: { delivery_id: delivery.id } }}
          what={`“${name}” for this person`}
        />
      )}
    </Panel>
  )
}

type Ids = { readonly person: string; readonly integrationId: string }

function Comparison(ids: Ids) {
  const query = useQuery(atMailchimpQuery(ids))
  return (
    <Loaded query={query} rows={3}>
      {found => <Held found={found} />}
    </Loaded>
  )
}

function Held({ found }: { readonly found: AtMailchimp }) {
  if (!found.found)
    return (
      <Text size="sm">
        The audience has no such contact, read <Time at={found.read_at} inline />.
      </Text>
    )
  const changes = compareFields(found.held, found.should_hold).map(each => ({
    ...each,
    isChanged: found.drift.includes(each.tag),
  }))
  return (
    <Stack gap="xs">
      {found.drift.length === 0 ? (
        <Status tone="good">Mailchimp held what it should hold</Status>
      ) : (
        <Status tone="warn">{`Mailchimp differed in ${found.drift.join(', ')}`}</Status>
      )}
      <Text size="sm">
        Read <Time at={found.read_at} inline />. Status at Mailchimp: {found.status ?? 'not known'}.
      </Text>
      <FieldChanges changes={changes} label="Values at Mailchimp" before="Mailchimp held" after="It should hold" />
      <LastWritten found={found} />
    </Stack>
  )
}

function LastWritten({ found: { last_delivered: fields, last_written_at: at } }: { readonly found: AtMailchimp }) {
  if (fields === null || at === null) return null
  return (
    <Text size="sm" c="dimmed">
      We last wrote{' '}
      {Object.entries(fields).map(([tag, value]) => (
        <Fragment key={tag}>
          <span className="code">{maskedText(`${tag}=${value}`)}</span>{' '}
        </Fragment>
      ))}
      (the contact was last written to <Time at={at} inline />
      ).
    </Text>
  )
}

function Explanation({ person, integrationId }: Ids) {
  const query = useQuery({
    queryKey: ['people', 'explain', person, integrationId],
    queryFn: () => explainPerson(integrationId, { person }),
    staleTime: 0,
  })
  return (
    <Loaded query={query} rows={3}>
      {plan => <PlanView plan={plan} person={person} />}
    </Loaded>
  )
}
