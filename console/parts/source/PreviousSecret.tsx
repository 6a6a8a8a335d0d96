import { Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { endPreviousSecret, type Source } from '../../api/sources.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { Time } from '../../ui/Time.tsx'
import { For } from '../role.tsx'

type Props = { readonly source: Source }

/** The secret before the current one, while it works: until when, whether Didomi still uses it, and a way to end it. */
export function PreviousSecret({ source }: Props) {
  const { previous } = source.secret
  if (!previous) return null
  return (
    <Notice tone="warn" icon={<KeyRound size={18} />} title="The previous secret still works">
      <Stack gap="xs">
        <Facts
          lines={[
            ['Ends', <Time at={previous.expires_at} />],
            ['Last used', <LastUse at={previous.used_at} />],
            ['New one last used', <LastUse at={source.secret.used_at} />],
          ]}
        />
        <Text size="sm">{adviceFor(source.secret)}</Text>
        <For role="operator">
          <Group>
            <EndNow source={source} />
          </Group>
        </For>
      </Stack>
    </Notice>
  )
}

/** When a secret was last used, to the minute. */
export const LastUse = ({ at }: { readonly at: string | null }) => (at === null ? <>not yet</> : <Time at={at} />)

function adviceFor({ used_at, previous }: Source['secret']): string {
  if (used_at === null) return 'Paste the new one into Didomi before this one ends.'
  if (previous?.used_at && previous.used_at >= used_at) return 'Didomi still uses this one.'
  return 'Didomi uses the new one. Once this one is not used any more, it can be ended.'
}

function EndNow({ source: { id, name } }: Props) {
  const queries = useQueryClient()
  const [isOpen, dialog] = useDisclosure(false)
  const end = useMutation({
    mutationFn: () => endPreviousSecret(id),
    meta: { problem: 'inline' },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sources', 'list'] }),
  })
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        onClick={dialog.open}
        aria-label={`End it now: previous secret of ${name}`}
      >
        End it now
      </Button>
      <ConfirmDialog
        title={`End the previous secret of ${name}?`}
        isOpen={isOpen}
        onClose={dialog.close}
        onConfirm={() => end.mutate()}
        confirm="End it"
        isDangerous
        isPending={end.isPending}
        problem={end.error}
      >
        <Text size="sm">
          Whatever comes with it, or with a token that was issued for it, is refused from now on. This cannot be undone.
        </Text>
      </ConfirmDialog>
    </>
  )
}
