import { Button, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Attempt } from '../../api/events.ts'
import { personQuery, type Person } from '../../api/people.ts'
import { nameOf, type Integration } from '../../api/integrations.ts'
import { testWrite } from '../../api/plans.ts'
import { AttemptView } from '../../parts/AttemptView.tsx'
import { DeliveryStatusOf } from '../../parts/DeliveryStatus.tsx'
import { masked } from '../../parts/mask.ts'
import { PersonPicker } from '../../parts/PersonPicker.tsx'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { Panel } from '../../ui/Panel.tsx'

type Props = { readonly integration: Integration }

/** One real write by the saved mapping, and what Mailchimp answers. */
export function TestWritePanel({ integration }: Props) {
  const [person, setPerson] = useState<string | null>(null)
  const [isOpen, dialog] = useDisclosure(false)
  const queries = useQueryClient()
  const write = useMutation({
    mutationFn: async (to: string) => {
      const before = await queries.fetchQuery(personQuery(to))
      await testWrite({ id: integration.id, person: to })
      return attemptsIn(before).map(({ id }) => id)
    },
    meta: { problem: 'inline' },
    onSuccess: dialog.close,
  })
  const choose = (next: string | null): void => {
    setPerson(next)
    write.reset()
  }
  return (
    <Panel title="Test write">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Sends one real request to Mailchimp for somebody you choose, with the mapping as it is saved.
        </Text>
        <PersonPicker label="Person" sourceId={integration.source_id} person={person} onChange={choose} />
        <Button variant="default" disabled={person === null} onClick={dialog.open}>
          Send a test write …
        </Button>
        {write.data && person !== null && <Result person={person} integrationId={integration.id} before={write.data} />}
      </Stack>
      {person !== null && (
        <ConfirmDialog
          title="Write to Mailchimp?"
          isOpen={isOpen}
          onClose={dialog.close}
          onConfirm={() => write.mutate(person)}
          confirm="Write to this contact"
          isPending={write.isPending}
          problem={write.error}
        >
          <Text size="sm">
            This is a real write: every mapped field of <strong>{masked(person)}</strong> is set in audience{' '}
            {integration.properties.audience_id} by “{nameOf(integration)}”. It goes the ordinary way, in order with
            everything else, and is written to the audit log.
          </Text>
        </ConfirmDialog>
      )}
    </Panel>
  )
}

const attemptsIn = (known: Person): Attempt[] => known.sources.flatMap(({ attempts }) => attempts)

type ResultProps = {
  readonly person: string
  readonly integrationId: string
  /** The attempts that there were already. */
  readonly before: readonly string[]
}

function Result({ person, integrationId, before }: ResultProps) {
  const isOurs = (each: { readonly integration_id: string }): boolean => each.integration_id === integrationId
  const attemptOf = (known: Person | undefined): Attempt | undefined =>
    known && attemptsIn(known).find(each => isOurs(each) && !before.includes(each.id))
  const { data } = useQuery({
    ...personQuery(person),
    refetchInterval: query => (attemptOf(query.state.data)?.outcome ? false : 1_000),
  })
  if (!data) return null
  const delivery = data.sources.flatMap(each => each.deliveries).find(isOurs)
  const attempt = attemptOf(data)
  return (
    <Stack gap="xs" role="status">
      {delivery && <DeliveryStatusOf delivery={delivery} />}
      {attempt && <AttemptView attempt={attempt} />}
    </Stack>
  )
}
