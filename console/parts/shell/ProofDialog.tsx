import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { proveSession } from '../../api/session.ts'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'

/** In front of the dialog whose question waits for it. */
const IN_FRONT = 400

type Ending = { readonly onEnd: (proved: boolean) => void }

export function ProofDialog({ onEnd }: Ending) {
  return (
    <Modal opened onClose={() => onEnd(false)} title="Is it you?" zIndex={IN_FRONT}>
      <ProofForm onEnd={onEnd} />
    </Modal>
  )
}

function ProofForm({ onEnd }: Ending) {
  const [password, setPassword] = useState('')
  const proof = useMutation({
    mutationFn: proveSession,
    meta: { problem: 'inline' },
    onSuccess: () => onEnd(true),
  })
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        proof.mutate(password)
      }}
    >
      <Stack gap="sm">
        <Text size="sm">This outlives your session or cannot be undone. Give your password once more to go on.</Text>
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          data-autofocus
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        {proof.error && <ProblemNotice problem={proof.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => onEnd(false)}>
            Cancel
          </Button>
          <Button type="submit" loading={proof.isPending}>
            Go on
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
