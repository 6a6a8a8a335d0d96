import { PasswordInput, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { changeAccount } from '../../api/settings.ts'
import { passwordFault } from '../../parts/password.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'

type Props = {
  readonly name: string
  readonly accountId: string
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** For somebody who has forgotten theirs. */
export function NewPasswordDialog({ name, accountId, isOpen, onClose }: Props) {
  const [password, setPassword] = useState('')
  const fault = passwordFault(password)
  const change = useMutation({
    mutationFn: () => changeAccount({ id: accountId, change: { password } }),
    meta: { problem: 'inline' },
    onSuccess: () => {
      setPassword('')
      notifications.show({ message: `The password of ${name} is changed; their sessions have ended.` })
      onClose()
    },
  })
  return (
    <ConfirmDialog
      title={`New password for ${name}`}
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={() => change.mutate()}
      confirm="Set the password"
      isDisabled={fault !== null}
      isPending={change.isPending}
      problem={change.error}
    >
      <Text size="sm">All sessions of this account end.</Text>
      <PasswordInput
        label="New password"
        description="At least 12 characters"
        autoComplete="new-password"
        value={password}
        onChange={event => setPassword(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
