import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Pause, Play, RefreshCw } from 'lucide-react'
import {
  integrationQuery,
  nameOf,
  pauseIntegration,
  resumeIntegration,
  type Integration,
} from '../../api/integrations.ts'
import { ReplayDialog } from '../../parts/ReplayDialog.tsx'

/** Pause or resume, and resync. */
export function Actions({ integration }: { readonly integration: Integration }) {
  const [isResyncing, resync] = useDisclosure(false)
  return (
    <>
      <PauseButton integration={integration} />
      <Button variant="default" leftSection={<RefreshCw size={16} />} onClick={resync.open}>
        Resync
      </Button>
      {isResyncing && (
        <ReplayDialog
          isOpen
          onClose={resync.close}
          scope={{ resync: integration.id }}
          what={`“${nameOf(integration)}”`}
        />
      )}
    </>
  )
}

function PauseButton({ integration: { id, paused } }: { readonly integration: Integration }) {
  const queries = useQueryClient()
  const toggle = useMutation({
    mutationFn: () => (paused ? resumeIntegration(id) : pauseIntegration(id)),
    onSuccess: changed => {
      queries.setQueryData(integrationQuery(id).queryKey, changed)
      void queries.invalidateQueries({ queryKey: ['integrations', 'list'] })
    },
  })
  return (
    <Button
      variant="default"
      leftSection={paused ? <Play size={16} /> : <Pause size={16} />}
      loading={toggle.isPending}
      onClick={() => toggle.mutate()}
    >
      {paused ? 'Resume' : 'Pause'}
    </Button>
  )
}
