import { JsonInput, NativeSelect } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { eventQuery, newestEventsQuery } from '../../api/events.ts'
import { localTime } from '../../ui/time.ts'
import type { Rule } from '../draft/draft.ts'
import { masked } from '../mask.ts'
import { readEventText } from './event-text.ts'
import { sampleEvent } from './sample-event.ts'

/** The event that is typed, whom it is about, or what is wrong with it. */
export function useEventText(rules: readonly Rule[]) {
  const [typed, setText] = useState<string>()
  const [at] = useState(() => new Date().toISOString())
  const text = typed ?? JSON.stringify(sampleEvent(rules, at), undefined, 2)
  const read = readEventText(text)
  return { text, setText, fault: 'fault' in read ? read.fault : undefined, about: 'fault' in read ? undefined : read }
}

type Props = {
  readonly sourceId: string
  readonly text: string
  readonly fault: string | undefined
  readonly onChange: (text: string) => void
}

export function EventField({ sourceId, text, fault, onChange }: Props) {
  return (
    <>
      <RecentEvents sourceId={sourceId} onLoad={onChange} />
      <JsonInput
        label="Event"
        description="A record as Didomi's webhooks send it. It is supposed on top of what is known of the person."
        classNames={{ input: 'code' }}
        autosize
        minRows={6}
        maxRows={18}
        value={text}
        error={fault}
        onChange={onChange}
      />
    </>
  )
}

function RecentEvents({ sourceId, onLoad }: { readonly sourceId: string; readonly onLoad: (text: string) => void }) {
  const queries = useQueryClient()
  const { data } = useQuery(newestEventsQuery({ source_id: sourceId }))
  const events = (data?.data ?? []).filter(({ person }) => person !== null)
  if (events.length === 0) return null
  const load = async (id: string): Promise<void> => {
    if (id === '') return
    const { body } = await queries.fetchQuery(eventQuery(id))
    if (body === null) notifications.show({ message: 'This record is not kept any longer.' })
    else onLoad(JSON.stringify(JSON.parse(body), undefined, 2))
  }
  const nameOf = (event: (typeof events)[number]): string =>
    `${event.type}, ${masked(event.person ?? '')}, ${localTime(event.received_at)}`
  return (
    <NativeSelect
      label="Load a recent event"
      data={[{ value: '', label: 'An invented one' }, ...events.map(each => ({ value: each.id, label: nameOf(each) }))]}
      onChange={event => void load(event.currentTarget.value)}
    />
  )
}
