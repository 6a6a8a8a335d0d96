import { ActionIcon } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { CircleUser } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { sessionQuery } from '../../api/session.ts'
import { soon } from '../../soon.ts'

const loadMenu = async () => ({ default: (await import('./AccountMenu.tsx')).AccountMenu })
const AccountMenu = lazy(loadMenu)

/** Who is signed in; the menu comes with the first click. */
export function AccountButton() {
  const { data: session } = useQuery(sessionQuery)
  const [isMenuWanted, setIsMenuWanted] = useState(false)
  useEffect(() => void soon().then(loadMenu), [])
  if (!session?.signed_in) return null
  const { account } = session
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label="Account"
      title={`${account.name} (${account.role})`}
      onClick={() => setIsMenuWanted(true)}
    >
      <CircleUser size={19} />
    </ActionIcon>
  )
  if (!isMenuWanted) return button
  return (
    <Suspense fallback={button}>
      <AccountMenu account={account} button={button} />
    </Suspense>
  )
}
