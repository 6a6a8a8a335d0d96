import type { ReactNode } from 'react'
import styles from './Facts.module.css'

export type FactLine = readonly [name: string, value: ReactNode]

type Props = {
  readonly lines: readonly FactLine[]
  /** The values are numbers, to be read down a column. */
  readonly areNumbers?: boolean
}

/** Names and values, aligned. */
export function Facts({ lines, areNumbers = false }: Props) {
  return (
    <dl className={styles.facts} data-numbers={areNumbers || undefined}>
      {lines.map(([name, value]) => (
        <div key={name} className={styles.line}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
