import { Button, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { erasePerson } from '../../api/people.ts'
import { masked } from '../../parts/mask.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { counted } from '../../ui/time.ts'

const WORD = 'erase'

/** Erases what is known here of a person, after one has typed that one means it. */
export function EraseButton({ person }: { readonly person: string }) {
  const [isOpen, dialog] = useDisclosure(false)
  const [typed, setTyped] = useState('')
  const erasure = useErasure(person)
  return (
    <>
      <Button variant="default" c="var(--bad)" leftSection={<Trash2 size={16} />} onClick={dialog.open}>
        Erase
      </Button>
      <ConfirmDialog
        title={`Erase ${masked(person)}?`}
        isOpen={isOpen}
        onClose={() => {
          setTyped('')
          dialog.close()
        }}
        onConfirm={() => erasure.mutate()}
        confirm="Erase"
        isDangerous
        isDisabled={typed.trim().toLowerCase() !== WORD}
        isPending={erasure.isPending}
        problem={erasure.error}
      >
        <Text size="sm">
          Every fact, record, delivery and attempt of this person goes from this service, and cannot be brought back.
          Mailchimp is not touched: delete the contact there as well if that is wanted.
        </Text>
        <TextInput
          label={`Type “${WORD}” to go on`}
          autoComplete="off"
          value={typed}
          onChange={event => setTyped(event.currentTarget.value)}
        />
      </ConfirmDialog>
    </>
  )
}

function useErasure(person: string) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => erasePerson(person),
    meta: { problem: 'inline' },
    onSuccess: async ({ facts, deliveries }) => {
      const what = `${counted(facts, ['fact', 'facts'])} and ${counted(deliveries, ['delivery', 'deliveries'])}`
      notifications.show({ message: `Erased ${what}.` })
      await navigate({ to: '/people' })
      // After the page of the person is left, which would ask for them once more.
      for (const queryKey of [['people'], ['events'], ['failures']]) void queries.resetQueries({ queryKey })
    },
  })
}
