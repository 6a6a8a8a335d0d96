import { Group, Loader, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { newestEventsQuery } from '../../api/events.ts'
import { Status } from '../../ui/Status.tsx'
import { Time } from '../../ui/Time.tsx'

const POLL_MS = 2_000

/** Whether the webhook of a source works: waits for its first event, live. */
export function WaitForEvent({ sourceId }: { readonly sourceId: string }) {
  const { data } = useQuery({
    ...newestEventsQuery({ source_id: sourceId }),
    refetchInterval: query => (query.state.data?.data.length ? false : POLL_MS),
  })
  const newest = data?.data[0]
  return (
    <Group gap="xs" role="status">
      {newest ? (
        <>
          <Status tone="good">Events arrive</Status>
          <Text size="sm" c="dimmed">
            the newest <Time at={newest.received_at} inline />
          </Text>
        </>
      ) : (
        <>
          <Loader size={14} aria-hidden />
          <Text size="sm">
            Waiting for the first event. Make a choice in your preference centre, or go on meanwhile.
          </Text>
        </>
      )}
    </Group>
  )
}
