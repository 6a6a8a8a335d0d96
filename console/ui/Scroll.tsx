import type { ReactNode } from 'react'
import styles from './Scroll.module.css'

/** What may be wider than the screen, and is scrolled by itself then, with the keyboard too. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={styles.scroll} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  )
}
