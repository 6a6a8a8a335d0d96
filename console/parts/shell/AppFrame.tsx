import { Burger, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useDeferredValue, useEffect, useState } from 'react'
import { soon } from '../../soon.ts'
import { Loading } from '../../ui/Loaded.tsx'
import { Revealed } from '../Revealed.tsx'
import { AccountButton } from './AccountButton.tsx'
import styles from './AppFrame.module.css'
import { Logo } from './Logo.tsx'
import { Navigation } from './Navigation.tsx'
import { SchemeButton } from './SchemeButton.tsx'
import { HelpButton, SearchButton } from './TopBarButtons.tsx'
import { useShortcuts } from './use-shortcuts.ts'

const loadPalette = async () => ({ default: (await import('./Palette.tsx')).Palette })
const Palette = lazy(loadPalette)
const HelpDialog = lazy(async () => ({ default: (await import('./HelpDialog.tsx')).HelpDialog }))

/** What surrounds every page of somebody who is signed in. */
export function AppFrame() {
  const [isDrawerOpen, drawer] = useDisclosure(false)
  const [isHelpOpen, help] = useDisclosure(false)
  // The page is a piece of work of its own, so that a slow phone answers to a finger in between.
  const isFrameThere = useDeferredValue(true, false)
  const [searches, setSearches] = useState(0)
  const search = (): void => setSearches(before => before + 1)
  useShortcuts({ onSearch: search, onHelp: help.toggle })
  // What is typed after the shortcut must find the palette there.
  useEffect(() => void soon().then(loadPalette), [])
  return (
    <Revealed>
      <a href="#content" className={styles.skip}>
        Skip to the content
      </a>
      <header className={styles.header}>
        <Burger opened={isDrawerOpen} onClick={drawer.toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
        <SearchButton onClick={search} />
        <Group gap={4} wrap="nowrap">
          <HelpButton onClick={help.open} />
          <SchemeButton />
          <AccountButton />
        </Group>
      </header>
      <div className={styles.navbar} data-open={isDrawerOpen || undefined}>
        <Group justify="space-between" className={styles.brand}>
          <Logo />
          <Burger opened onClick={drawer.close} hiddenFrom="sm" size="sm" aria-label="Close the navigation" />
        </Group>
        <Navigation onFollow={drawer.close} />
      </div>
      <main id="content" tabIndex={-1} className={styles.main}>
        <div className={styles.page}>{isFrameThere ? <Outlet /> : <Loading />}</div>
      </main>
      <Suspense>
        {searches > 0 && <Palette key={searches} />}
        {isHelpOpen && <HelpDialog isOpen onClose={help.close} />}
      </Suspense>
    </Revealed>
  )
}
