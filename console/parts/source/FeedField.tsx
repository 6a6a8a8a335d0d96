import { Select, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changeFeed, type Source } from '../../api/sources.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
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
        <Text size="sm">
          Everybody whom this source told us about is decided anew on the other family, and whatever differs is
          delivered.
        </Text>
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
