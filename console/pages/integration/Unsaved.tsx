import { Button, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { Notice } from '../../ui/Notice.tsx'

type Props = {
  readonly isChanged: boolean
  /** Somebody saved another version meanwhile. */
  readonly isOutdated: boolean
  readonly onUndo: () => void
}

/** Asks before what was not saved is lost, and says when somebody else saved meanwhile. */
export function Unsaved({ isChanged, isOutdated, onUndo }: Props) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => isChanged,
    enableBeforeUnload: isChanged,
    withResolver: true,
  })
  return (
    <>
      {isOutdated && (
        <Notice tone="warn" title="Somebody saved another version meanwhile" role="status">
          <Text size="sm">Your changes are to the version before it, and would replace it.</Text>
          <Button mt="xs" size="xs" variant="default" onClick={onUndo}>
            Show what was saved
          </Button>
        </Notice>
      )}
      <ConfirmDialog
        title="Leave without saving?"
        isOpen={status === 'blocked'}
        onClose={() => reset?.()}
        onConfirm={() => proceed?.()}
        confirm="Leave"
        isDangerous
      >
        <Text size="sm">What you changed here is lost.</Text>
      </ConfirmDialog>
    </>
  )
}
