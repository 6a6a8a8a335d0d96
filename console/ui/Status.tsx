import styles from './Status.module.css'

export type Tone = 'good' | 'bad' | 'warn' | 'calm' | 'busy'

/** A state in one word, with a mark that does not depend on colour alone. */
export function Status({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className={styles.status} data-tone={tone}>
      <span className={styles.dot} aria-hidden />
      {children}
    </span>
  )
}
