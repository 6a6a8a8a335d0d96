import type { ReactNode } from 'react'
import styles from './Facts.module.css'

export type FactLine = readonly [name: string, value: ReactNode]

/** Names and values, aligned. */
export function Facts({ lines }: { readonly lines: readonly FactLine[] }) {
  return (
    <dl className={styles.facts}>
      {lines.map(([name, value]) => (
        <div key={name} className={styles.line}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
