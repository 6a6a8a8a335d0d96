import { AppShell, Burger, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet } from '@tanstack/react-router'
import { Revealed } from '../Revealed.tsx'
import { AccountMenu } from './AccountMenu.tsx'
import styles from './AppFrame.module.css'
import { HelpDialog } from './HelpDialog.tsx'
import { Logo } from './Logo.tsx'
import { Navigation } from './Navigation.tsx'
import { openPalette, Palette } from './Palette.tsx'
import { SchemeButton } from './SchemeButton.tsx'
import { HelpButton, SearchButton } from './TopBarButtons.tsx'
import { useShortcuts } from './use-shortcuts.ts'

/** What surrounds every page of somebody who is signed in. */
export function AppFrame() {
  const [isDrawerOpen, drawer] = useDisclosure(false)
  const [isHelpOpen, help] = useDisclosure(false)
  useShortcuts({ onSearch: openPalette, onHelp: help.toggle })
  return (
    <Revealed>
      <a href="#content" className={styles.skip}>
        Skip to the content
      </a>
      <AppShell
        layout="alt"
        padding={{ base: 'sm', sm: 'lg' }}
        header={{ height: 54 }}
        navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !isDrawerOpen } }}
      >
        <AppShell.Header className={styles.header}>
          <Burger opened={isDrawerOpen} onClick={drawer.toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
          <SearchButton onClick={openPalette} />
          <Group gap={4} wrap="nowrap">
            <HelpButton onClick={help.open} />
            <SchemeButton />
            <AccountMenu />
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" className={styles.navbar}>
          <Group justify="space-between" className={styles.brand}>
            <Logo />
            <Burger opened onClick={drawer.close} hiddenFrom="sm" size="sm" aria-label="Close the navigation" />
          </Group>
          <Navigation onFollow={drawer.close} />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} className={styles.main}>
          <div className={styles.page}>
            <Outlet />
          </div>
        </AppShell.Main>
      </AppShell>
      <Palette />
      <HelpDialog isOpen={isHelpOpen} onClose={help.close} />
    </Revealed>
  )
}
