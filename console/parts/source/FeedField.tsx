import { Select, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changeFeed, type Source } from '../../api/sources.ts'
import { feedImpactOf } from '../../api/plans.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { count, counted } from '../../ui/time.ts'
import { FieldCounts } from '../FieldCounts.tsx'
import { useMay } from '../role.tsx'

const FEEDS = [
  { value: 'event', label: 'event.*: what each person did' },
  { value: 'user', label: 'user.*: what Didomi holds' },
]

/** The family of webhooks that a source follows, and a way to change it. */
export function FeedField({ source: { id, feed, name } }: { readonly source: Source }) {
  const queries = useQueryClient()
  const mayChange = useMay('operator')
  const [wanted, setWanted] = useState<'event' | 'user'>()
  const change = useMutation({
    mutationFn: changeFeed,
    onSuccess: async () => {
      setWanted(undefined)
      await queries.invalidateQueries({ queryKey: ['sources'] })
    },
  })
  if (!mayChange) return <>{feed === null ? 'the family that arrives first' : `${feed}.*`}</>
  return (
    <>
      <ConfirmDialog
        title={`Follow ${wanted ?? ''}.* for ${name}?`}
        isOpen={wanted !== undefined}
        onClose={() => setWanted(undefined)}
        onConfirm={() => wanted && change.mutate({ id, feed: wanted })}
        confirm="Follow it"
        isPending={change.isPending}
        problem={change.error}
      >
        <Stack gap="sm">
          <Text size="sm">
            Each person of this source is decided anew on the other family, and the differences are delivered.
          </Text>
          {wanted && <FeedImpact id={id} feed={wanted} />}
        </Stack>
      </ConfirmDialog>
      <Select
        aria-label={`Webhooks followed by ${name}`}
        size="xs"
        maw={260}
        placeholder="The family that arrives first"
        data={FEEDS}
        allowDeselect={false}
        disabled={change.isPending}
        value={feed}
        onChange={next => {
          if ((next === 'event' || next === 'user') && next !== feed) setWanted(next)
        }}
      />
    </>
  )
}

const PEOPLE = ['person', 'people'] as const

/** What it would do, integration by integration. It may be changed without that, as when Mailchimp is away. */
function FeedImpact(wanted: { readonly id: string; readonly feed: 'event' | 'user' }) {
  const query = useQuery({
    queryKey: ['impact', wanted.id, wanted.feed],
    queryFn: () => feedImpactOf(wanted),
    staleTime: 0,
    gcTime: 0,
  })
  return (
    <Loaded query={query} rows={2}>
      {({ integrations }) =>
        integrations.map(({ integration_id, name, impact: { people, examined, changed, fields } }) => (
          <div key={integration_id}>
            <Text size="sm">
              {name ?? integration_id}: it changes <strong>{counted(changed, PEOPLE)}</strong>
              {` of ${count(examined)} looked at${examined < people ? `, of ${count(people)} in all` : ''}.`}
            </Text>
            <FieldCounts fields={fields} />
          </div>
        ))
      }
    </Loaded>
  )
}
