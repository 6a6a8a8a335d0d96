import { Group, Paper, Title, type PaperProps } from '@mantine/core'
import { useId, type ReactNode } from 'react'
import styles from './Panel.module.css'

type Props = PaperProps & {
  readonly title?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** One thing on a page, with its name. */
export function Panel({ title, actions, children, ...rest }: Props) {
  const id = useId()
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={title ? id : undefined} {...rest}>
      {title && (
        <Group justify="space-between" mb="sm" gap="xs" className={styles.head}>
          <Title order={2} id={id}>
            {title}
          </Title>
          {actions}
        </Group>
      )}
      {children}
    </Paper>
  )
}
