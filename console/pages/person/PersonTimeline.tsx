import { Button, Group, Text, Timeline } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import type { Attempt } from '../../api/events.ts'
import type { PersonInSource } from '../../api/people.ts'
import { AttemptView, outcomeWords } from '../../parts/AttemptView.tsx'
import { Answer } from '../../parts/ChoiceList.tsx'
import { useIntegrationName } from '../../parts/IntegrationSelect.tsx'
import { toPersonKey } from '../../parts/person-key.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Status } from '../../ui/Status.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { count } from '../../ui/time.ts'
import { Time } from '../../ui/Time.tsx'
import { timelineEntries, type Entry } from './timeline-entries.ts'

const FIRST = 20

type Props = { readonly person: string; readonly inSource: PersonInSource }

/** What the person told and what we sent, newest first. */
export function PersonTimeline({ person, inSource }: Props) {
  const [shown, setShown] = useState(FIRST)
  const { source_id, facts, facts_total } = inSource
  const entries = timelineEntries(inSource)
  return (
    <Panel title="Timeline">
      <Timeline bulletSize={14} lineWidth={2} active={entries.length}>
        {entries.slice(0, shown).map(entry => (
          <Timeline.Item key={keyOf(entry)} title={<Title entry={entry} />}>
            <Body entry={entry} />
          </Timeline.Item>
        ))}
      </Timeline>
      {entries.length > shown && (
        <Button mt="md" variant="default" size="xs" onClick={() => setShown(shown + FIRST)}>
          Show more
        </Button>
      )}
      {facts_total > facts.length && entries.length <= shown && (
        <TextLink to="/activity" search={{ who: toPersonKey(person), source: source_id }}>
          All {count(facts_total)} events
        </TextLink>
      )}
    </Panel>
  )
}

function keyOf(entry: Entry): string {
  switch (entry.kind) {
    case 'fact':
      return entry.fact.id
    case 'attempt':
      return entry.attempt.id
    case 'deleted':
      return `deleted ${entry.userId}`
  }
}

function Title({ entry }: { readonly entry: Entry }) {
  const nameOf = useIntegrationName()
  switch (entry.kind) {
    case 'fact':
      return (
        <Group gap="sm">
          <TextLink to="/events/$eventId" params={{ eventId: entry.fact.id }}>
            {entry.fact.type}
          </TextLink>
          <Time at={entry.at} />
        </Group>
      )
    case 'attempt':
      return (
        <Group gap="sm" fz="sm">
          <span>Attempt, {nameOf(entry.attempt.integration_id)}</span>
          <Time at={entry.at} />
        </Group>
      )
    case 'deleted':
      return (
        <Group gap="sm" fz="sm">
          <span>Didomi user deleted</span>
          <Time at={entry.at} />
        </Group>
      )
  }
}

function Body({ entry }: { readonly entry: Entry }) {
  switch (entry.kind) {
    case 'fact':
      return <FactBody fact={entry.fact} />
    case 'attempt':
      return <AttemptBody attempt={entry.attempt} />
    case 'deleted':
      return <Text size="sm">{entry.userId}</Text>
  }
}

function FactBody({ fact: { states, status, folds, adopted } }: { readonly fact: PersonInSource['facts'][number] }) {
  return (
    <Group gap="4px 16px" mt={2} fz="sm">
      {states.length === 0 && <span>It names no choice.</span>}
      {states.map(({ place, answer }) => (
        <Group key={place} gap={6}>
          <span>{place}</span>
          <Answer answer={answer} />
        </Group>
      ))}
      {status !== 'confirmed' && <Status tone="busy">{status}</Status>}
      {!folds && <Status tone="calm">evidence only</Status>}
      {adopted && <Status tone="calm">named by its Didomi user</Status>}
    </Group>
  )
}

function AttemptBody({ attempt }: { readonly attempt: Attempt }) {
  const [isOpen, { toggle }] = useDisclosure(false)
  const { outcome, answer } = attempt
  const isGood = outcome === 'delivered' || outcome === 'skipped'
  return (
    <>
      <Group gap="sm" mt={2}>
        <Status tone={isGood ? 'good' : 'warn'}>
          {`${outcomeWords(outcome)}${answer.status === null ? '' : `, Mailchimp answered ${answer.status}`}`}
        </Status>
        <Button size="compact-xs" variant="default" aria-expanded={isOpen} onClick={toggle}>
          {isOpen ? 'Hide the request' : 'Show the request'}
        </Button>
      </Group>
      {isOpen && <AttemptView attempt={attempt} />}
    </>
  )
}
