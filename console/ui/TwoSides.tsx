import type { ReactNode } from 'react'
import styles from './TwoSides.module.css'

/** Work on one side, and what comes of it on the other; one below the other where there is no room. */
export function TwoSides({ children }: { readonly children: ReactNode }) {
  return <div className={styles.sides}>{children}</div>
}
