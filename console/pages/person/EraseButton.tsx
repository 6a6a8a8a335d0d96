import { Button, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { erasePerson, type Erasure } from '../../api/people.ts'
import { masked } from '../../parts/mask.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { useLeaveErased } from './use-leave-erased.ts'

const WORD = 'erase'

const DENIES = 'Before that, each yes that was written for them alone is denied at Mailchimp.'
const LEAVES = 'At Mailchimp each yes stays as it is, and nothing takes it back any more.'

/** Erases what is known here of a person, after one has typed that one means it. */
export function EraseButton({ person }: { readonly person: string }) {
  const [isOpen, dialog] = useDisclosure(false)
  const [typed, setTyped] = useState('')
  const [leaves, setLeaves] = useState(false)
  const erasure = useErasure(person, dialog.close)
  const begin = (): void => {
    setTyped('')
    setLeaves(false)
    dialog.open()
  }
  return (
    <>
      <Button variant="default" c="var(--bad)" leftSection={<Trash2 size={16} />} onClick={begin}>
        Erase
      </Button>
      <ConfirmDialog
        title={`Erase ${masked(person)}?`}
        isOpen={isOpen}
        onClose={dialog.close}
        onConfirm={() => erasure.mutate(leaves ? 'leave' : 'deny')}
        confirm="Erase"
        isDangerous
        isDisabled={typed.trim().toLowerCase() !== WORD}
        isPending={erasure.isPending}
        problem={erasure.error}
      >
        <Stack gap="sm">
          <Text size="sm">
            Every fact, record, delivery and attempt of this person goes from this service, and cannot be brought back.{' '}
            {leaves ? LEAVES : DENIES} The contact stays there: delete it as well if that is wanted.
          </Text>
          <Switch
            label="Leave at Mailchimp what was written"
            description="They go on being written to where they said yes."
            checked={leaves}
            onChange={event => setLeaves(event.currentTarget.checked)}
          />
          <TextInput
            label={`Type “${WORD}” to go on`}
            autoComplete="off"
            value={typed}
            onChange={event => setTyped(event.currentTarget.value)}
          />
        </Stack>
      </ConfirmDialog>
    </>
  )
}

function useErasure(person: string, close: () => void) {
  const queries = useQueryClient()
  const leave = useLeaveErased()
  return useMutation({
    mutationFn: (mailchimp: Erasure['mailchimp']) => erasePerson({ person, mailchimp }),
    meta: { problem: 'inline' },
    onSuccess: async result => {
      if (!('state' in result)) return leave(result)
      close()
      await queries.invalidateQueries({ queryKey: ['people'] })
    },
  })
}
