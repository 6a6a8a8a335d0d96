import { ActionIcon } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Eye, EyeOff } from 'lucide-react'
import { isMasked, masked } from './mask.ts'
import { toPersonKey } from './person-key.ts'
import styles from './PersonName.module.css'
import { useReveals } from './Revealed.tsx'

type Props = { readonly person: string; readonly isLink?: boolean; readonly canReveal?: boolean }

/** A person's id, masked until somebody asks to see it. */
export function PersonName({ person, isLink = true, canReveal = false }: Props) {
  const { people } = useReveals()
  const text = people.has(person) ? person : masked(person)
  return (
    <span className={styles.name}>
      {isLink ? (
        <Link to="/people/$personKey" params={{ personKey: toPersonKey(person) }} className={styles.link}>
          {text}
        </Link>
      ) : (
        <span className={styles.text}>{text}</span>
      )}
      {canReveal && isMasked(person) && <RevealButton person={person} />}
    </span>
  )
}

function RevealButton({ person }: { readonly person: string }) {
  const { people, reveal, hide } = useReveals()
  const isShown = people.has(person)
  const label = isShown ? 'Hide the address' : 'Show the address (this is written to the audit log)'
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={label}
      title={label}
      onClick={() => (isShown ? hide(person) : reveal(person))}
    >
      {isShown ? <EyeOff size={15} /> : <Eye size={15} />}
    </ActionIcon>
  )
}
