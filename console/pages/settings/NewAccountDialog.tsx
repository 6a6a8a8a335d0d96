import { Button, Modal, PasswordInput, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Role } from '../../api/session.ts'
import { createAccount, type NewAccount } from '../../api/settings.ts'
import { passwordFault } from '../../parts/password.ts'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'

type Props = { readonly isOpen: boolean; readonly onClose: () => void }

const INITIAL: NewAccount = { name: '', email: '', role: 'viewer', password: '' }

const ROLES = ['viewer', 'operator', 'owner'] as const satisfies readonly Role[]

export function NewAccountDialog({ isOpen, onClose }: Props) {
  const queries = useQueryClient()
  const form = useForm<NewAccount>({ initialValues: INITIAL, validate: { password: passwordFault } })
  const creation = useMutation({
    mutationFn: createAccount,
    meta: { problem: 'inline' },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['accounts'] })
      form.reset()
      onClose()
    },
  })
  return (
    <Modal opened={isOpen} onClose={onClose} title="New account">
      <form onSubmit={form.onSubmit(values => creation.mutate(values))}>
        <Stack gap="sm">
          <TextInput label="Name" required {...form.getInputProps('name')} />
          <TextInput label="Email" type="email" autoComplete="off" required {...form.getInputProps('email')} />
          <Select label="Role" data={ROLES} allowDeselect={false} {...form.getInputProps('role')} />
          <PasswordInput
            label="First password"
            description="At least 12 characters. Tell the person to change it."
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
          />
          {creation.error && <ProblemNotice problem={creation.error} />}
          <Button type="submit" loading={creation.isPending}>
            Make the account
          </Button>
        </Stack>
      </form>
    </Modal>
  )
}
