import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { KeyRound, TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { renewSecret, type CreatedSource, type Source } from '../../api/sources.ts'
import { Notice } from '../../ui/Notice.tsx'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'
import { Time } from '../../ui/Time.tsx'
import { SourceSecret } from './SourceSecret.tsx'

type Props = { readonly source: Source }

/** Gives a source a new secret, after a last look at what that does, and shows it this once. */
export function RenewSecret({ source }: Props) {
  const [isOpen, dialog] = useDisclosure(false)
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<KeyRound size={14} />}
        onClick={dialog.open}
        aria-label={`Renew secret of ${source.name}`}
      >
        Renew secret
      </Button>
      {isOpen && <RenewDialog source={source} onClose={dialog.close} />}
    </>
  )
}

type DialogProps = Props & { readonly onClose: () => void }

function RenewDialog({ source, onClose }: DialogProps) {
  const queries = useQueryClient()
  const renewal = useMutation({
    mutationFn: renewSecret,
    meta: { problem: 'inline' },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sources', 'list'] }),
  })
  return (
    // A secret is shown once: no stray click or key may close it.
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={renewal.data ? `The new secret of ${source.name}` : `Renew the secret of ${source.name}?`}
      closeOnClickOutside={!renewal.data}
      closeOnEscape={!renewal.data}
    >
      {renewal.data ? (
        <Renewed source={renewal.data} onClose={onClose} />
      ) : (
        <Question
          source={source}
          onClose={onClose}
          onRenew={graceSeconds => renewal.mutate({ id: source.id, graceSeconds })}
          isPending={renewal.isPending}
        >
          {renewal.error && <ProblemNotice problem={renewal.error} />}
        </Question>
      )}
    </Modal>
  )
}

const GRACES = [
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '24 hours' },
  { value: '604800', label: '7 days' },
  { value: '0', label: 'No longer: it has leaked' },
]

type QuestionProps = DialogProps & {
  readonly onRenew: (graceSeconds: number) => void
  readonly isPending: boolean
  readonly children: ReactNode
}

function Question({ source, onClose, onRenew, isPending, children }: QuestionProps) {
  const [grace, setGrace] = useState('86400')
  return (
    <Stack>
      <Text size="sm">
        You are shown a new secret, to paste into Didomi. It works at once, and so does the one that Didomi has, for as
        long as you say.
      </Text>
      {source.secret.previous && grace !== '0' && (
        <Text size="sm">
          Two secrets work now. The newest that was ever used goes on, and the other one ends at once.
        </Text>
      )}
      <Select
        label="How long the previous secret works"
        data={GRACES}
        allowDeselect={false}
        value={grace}
        onChange={value => setGrace(value ?? grace)}
      />
      {grace === '0' && <AtOnce />}
      {children}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button color={grace === '0' ? 'red.9' : undefined} loading={isPending} onClick={() => onRenew(Number(grace))}>
          Renew the secret
        </Button>
      </Group>
    </Stack>
  )
}

function AtOnce() {
  return (
    <Notice tone="warn" icon={<TriangleAlert size={18} />} title="Didomi is refused until it has the new secret">
      <Text size="sm">It tries an event at least five times in five minutes. Have its page open before you go on.</Text>
    </Notice>
  )
}

function Renewed({ source, onClose }: { readonly source: CreatedSource; readonly onClose: () => void }) {
  const { previous } = source.secret
  return (
    <Stack>
      <SourceSecret source={source} />
      <Text size="sm">
        {previous ? (
          <>
            The previous secret ends <Time at={previous.expires_at} inline />. Settings › Sources shows whether it is
            still used, and can end it sooner.
          </>
        ) : (
          'The previous secret works no longer.'
        )}
      </Text>
      <Button variant="default" onClick={onClose}>
        I have copied it
      </Button>
    </Stack>
  )
}
