import { Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './Figure.module.css'
import type { Tone } from './Status.tsx'

type Props = {
  readonly name: string
  readonly value: ReactNode
  readonly says?: ReactNode
  readonly tone?: Tone
}

/** One big number with its name. */
export function Figure({ name, value, says, tone }: Props) {
  return (
    <Paper withBorder p="sm" className={styles.figure}>
      <Text size="xs" c="dimmed" fw={550}>
        {name}
      </Text>
      <div className={`number ${styles.value}`} data-tone={tone}>
        {value}
      </div>
      {says && (
        <Text size="xs" c="dimmed" component="div">
          {says}
        </Text>
      )}
    </Paper>
  )
}
