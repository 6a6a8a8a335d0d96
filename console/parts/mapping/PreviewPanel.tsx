import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { planFor, type PlanRequest } from '../../api/plans.ts'
import { Loaded } from '../../ui/Loaded.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { authenticationOf, documentOf, filledRules, type Draft } from '../draft/draft.ts'
import { PersonPicker } from '../PersonPicker.tsx'
import { PlanView } from '../PlanView.tsx'
import { EventField, useEventText } from './EventField.tsx'

type Props = { readonly draft: Draft; readonly integrationId?: string; readonly storedKey?: string }

/** The very request that the mapping as it stands would send; nothing is stored or written. */
export function PreviewPanel({ draft, integrationId, storedKey }: Props) {
  const [by, setBy] = useState('person')
  const [person, setPerson] = useState<string | null>(null)
  const event = useEventText(draft.mappings)
  const about = by === 'person' ? person && { person } : event.about
  const mayAsk = authenticationOf(draft, integrationId) !== undefined && filledRules(draft).length > 0
  return (
    <Panel title="Preview">
      <Stack gap="sm">
        <SegmentedControl
          size="xs"
          aria-label="Preview with"
          data={[
            { value: 'person', label: 'A known person' },
            { value: 'event', label: 'A sample event' },
          ]}
          value={by}
          onChange={setBy}
        />
        {by === 'person' ? (
          <PersonPicker label="Person" sourceId={draft.sourceId} person={person} onChange={setPerson} />
        ) : (
          <EventField sourceId={draft.sourceId} text={event.text} fault={event.fault} onChange={event.setText} />
        )}
        {!mayAsk && <Text size="sm">Give a working API key and map at least one merge tag to see the request.</Text>}
        {mayAsk && about && (
          <Answer
            request={{
              source_id: draft.sourceId,
              document: documentOf(draft, draft.apiKey || storedKey),
              ...about,
              ...(integrationId === undefined ? {} : { integration_id: integrationId }),
            }}
          />
        )}
      </Stack>
    </Panel>
  )
}

const TYPING_MS = 400

function Answer({ request }: { readonly request: PlanRequest }) {
  const [settled] = useDebouncedValue(JSON.stringify(request), TYPING_MS)
  const query = useQuery({
    queryKey: ['plans', settled],
    queryFn: ({ signal }) => planFor(JSON.parse(settled) as PlanRequest, signal),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
  return (
    <Loaded query={query} rows={3}>
      {plan => <PlanView plan={plan} person={request.person} />}
    </Loaded>
  )
}
