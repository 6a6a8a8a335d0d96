import { Group, Text } from '@mantine/core'
import { CopyIcon } from './CopyField.tsx'
import styles from './JsonView.module.css'

type Props = { readonly label: string; readonly text: string }

/** A body of a request or an answer, to read and to copy. */
export function JsonView({ label, text }: Props) {
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" mih={28}>
        <Text size="xs" c="dimmed" fw={550} className={styles.label}>
          {label}
        </Text>
        <CopyIcon label={label} value={text} />
      </Group>
      <pre className={styles.body} tabIndex={0} aria-label={label}>
        {text}
      </pre>
    </div>
  )
}

/** JSON with one value a line; any other text as it is. */
export function pretty(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, undefined, 2) ?? ''
  try {
    return JSON.stringify(JSON.parse(value), undefined, 2)
  } catch {
    return value
  }
}
