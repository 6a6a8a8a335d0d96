import { ActionIcon, Kbd, UnstyledButton } from '@mantine/core'
import { CircleHelp, Search } from 'lucide-react'
import styles from './TopBarButtons.module.css'

export function SearchButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <UnstyledButton className={styles.search} onClick={onClick} aria-label="Search people and pages">
      <Search size={16} aria-hidden />
      <span className={styles.words}>Search people and pages</span>
      <Kbd size="xs" className={styles.key}>
        /
      </Kbd>
    </UnstyledButton>
  )
}

export function HelpButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" onClick={onClick} aria-label="Help" title="Help (?)">
      <CircleHelp size={18} />
    </ActionIcon>
  )
}
