import type { ReactNode } from 'react'
import styles from './Notice.module.css'
import type { Tone } from './Status.tsx'

type Props = {
  readonly tone: Tone
  readonly title: string
  readonly icon?: ReactNode
  readonly role?: 'alert' | 'status'
  readonly children: ReactNode
}

/** Something to read before anything else on the page. */
export function Notice({ tone, title, icon, role, children }: Props) {
  return (
    <div className={styles.notice} data-tone={tone} role={role}>
      {icon && (
        <div className={styles.icon} aria-hidden>
          {icon}
        </div>
      )}
      <div className={styles.body}>
        <div className={styles.title}>{title}</div>
        {children}
      </div>
    </div>
  )
}
