import { Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { replayCountQuery, startReplay, type ReplayCount, type ReplayScope } from '../api/replays.ts'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { Loaded } from '../ui/Loaded.tsx'
import { counted } from '../ui/time.ts'

type Props = {
  readonly scope: ReplayScope
  readonly what: string
  readonly isOpen: boolean
  readonly onClose: () => void
}

const PEOPLE = ['person', 'people'] as const

/** Counts what a replay would concern, asks once more, starts it, and goes to its progress. */
export function ReplayDialog({ scope, what, isOpen, onClose }: Props) {
  const isResync = 'resync' in scope
  const total = useQuery({ ...replayCountQuery(scope), enabled: isOpen })
  const start = useStartReplay(scope)
  return (
    <ConfirmDialog
      title={isResync ? 'Resync' : 'Replay'}
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={() => start.mutate()}
      confirm={confirmText(isResync, total.data)}
      isDisabled={!total.data || total.data.total === 0}
      isPending={start.isPending}
      problem={start.error}
    >
      <Loaded query={total} rows={1}>
        {found => <Count found={found} what={what} />}
      </Loaded>
      <Text size="sm" c="dimmed">
        {isResync
          ? 'Everyone of this integration becomes due, and every mapped field is written again, whatever was written before.'
          : 'Each of them is decided anew on all facts that are known now, so nothing old can overwrite anything newer.'}
      </Text>
    </ConfirmDialog>
  )
}

const confirmText = (isResync: boolean, found: ReplayCount | undefined): string => {
  const verb = isResync ? 'Resync' : 'Replay'
  return found ? `${verb} ${counted(found.total, PEOPLE)}` : verb
}

function Count({ found, what }: { readonly found: ReplayCount; readonly what: string }) {
  if (found.total === 0) return <Text size="sm">There is nothing to make due in {what}.</Text>
  return (
    <Text size="sm">
      This makes <strong>{counted(found.total, PEOPLE)}</strong> due in {what}
      {found.withdrawals > 0 && `; ${counted(found.withdrawals, ['withdrawal goes', 'withdrawals go'])} first`}.
    </Text>
  )
}

function useStartReplay(scope: ReplayScope) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [idempotencyKey] = useState(newKey)
  return useMutation({
    mutationFn: () => startReplay({ scope, idempotencyKey }),
    meta: { problem: 'inline' },
    onSuccess: async ({ id }) => {
      void queries.invalidateQueries({ queryKey: ['replays'] })
      await navigate({ to: '/replays/$replayId', params: { replayId: id } })
    },
  })
}

// Not crypto.randomUUID, which pages without HTTPS do not have.
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
