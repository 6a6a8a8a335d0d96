import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ApiProblem } from '../api.ts'
import { ProblemNotice } from './ProblemNotice.tsx'

export type ConfirmProps = {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onConfirm: () => void
  readonly confirm: string
  readonly isDangerous?: boolean
  readonly isDisabled?: boolean
  readonly isPending?: boolean
  readonly problem?: ApiProblem | null
  readonly children: ReactNode
}

export function ConfirmModal(props: ConfirmProps) {
  const { title, isOpen, onClose, onConfirm, confirm, isDangerous, isDisabled, isPending, problem, children } = props
  return (
    <Modal opened={isOpen} onClose={onClose} title={title}>
      <Stack>
        {children}
        {problem && <ProblemNotice problem={problem} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color={isDangerous ? 'red.9' : undefined}
            loading={isPending}
            disabled={isDisabled}
            onClick={onConfirm}
          >
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
