import { Button, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Role } from '../../api/session.ts'
import { createToken, type CreatedToken } from '../../api/settings.ts'
import { CopyField } from '../../ui/CopyField.tsx'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'

const ROLES = ['viewer', 'operator', 'owner'] as const satisfies readonly Role[]

type Values = { readonly name: string; readonly role: Role }

/** Makes a token, and shows it this once. */
export function NewTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient()
  const creation = useMutation({
    mutationFn: createToken,
    meta: { problem: 'inline' },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  })
  return (
    // A token is shown once: no stray click or key may close it.
    <Modal
      opened
      onClose={onClose}
      title="New API token"
      closeOnClickOutside={!creation.data}
      closeOnEscape={!creation.data}
    >
      {creation.data ? (
        <Created token={creation.data} onClose={onClose} />
      ) : (
        <TokenForm onSubmit={creation.mutate} isPending={creation.isPending}>
          {creation.error && <ProblemNotice problem={creation.error} />}
        </TokenForm>
      )}
    </Modal>
  )
}

type FormProps = {
  readonly onSubmit: (values: Values) => void
  readonly isPending: boolean
  readonly children: ReactNode
}

function TokenForm({ onSubmit, isPending, children }: FormProps) {
  const form = useForm<Values>({ initialValues: { name: '', role: 'viewer' } })
  return (
    <form onSubmit={form.onSubmit(values => onSubmit(values))}>
      <Stack gap="sm">
        <TextInput label="Name" description="What uses it." required {...form.getInputProps('name')} />
        <Select label="Role" data={ROLES} allowDeselect={false} {...form.getInputProps('role')} />
        {children}
        <Button type="submit" loading={isPending}>
          Make the token
        </Button>
      </Stack>
    </form>
  )
}

function Created({ token, onClose }: { readonly token: CreatedToken; readonly onClose: () => void }) {
  return (
    <Stack gap="sm">
      <Text size="sm">Copy it now: it is shown this once and cannot be read again.</Text>
      <CopyField label={`Token “${token.name}”`} value={token.token} />
      <Button variant="default" onClick={onClose}>
        I have copied it
      </Button>
    </Stack>
  )
}
