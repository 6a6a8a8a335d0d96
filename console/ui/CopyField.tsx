import { ActionIcon, CopyButton, Group, Text } from '@mantine/core'
import { Check, Copy } from 'lucide-react'
import styles from './CopyField.module.css'

type Props = { readonly label: string; readonly value: string }

/** A value that is to be pasted elsewhere. */
export function CopyField({ label, value }: Props) {
  return (
    <div role="group" aria-label={label}>
      <Text size="sm" fw={550} mb={4}>
        {label}
      </Text>
      <Group wrap="nowrap" gap={6} className={styles.box}>
        <code className={`code ${styles.value}`}>{value}</code>
        <CopyIcon label={label} value={value} />
      </Group>
    </div>
  )
}

export function CopyIcon({ label, value }: Props) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={copy}
          title={copied ? 'Copied' : 'Copy'}
          aria-label={copied ? 'Copied' : `Copy ${label}`}
        >
          {copied ? <Check size={16} /> : <Copy size={16} />}
        </ActionIcon>
      )}
    </CopyButton>
  )
}
