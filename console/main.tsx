import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, startTransition, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { sessionQuery, SIGNED_OUT } from './api/session.ts'
import { Proof } from './parts/shell/Proof.tsx'
import { createQueries } from './queries.ts'
import { createConsoleRouter } from './routes.tsx'
import { soon } from './soon.ts'
import { cssVariables, theme } from './theme.ts'

declare global {
  var __webpack_nonce__: string | undefined
}

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
// Dialogs lock the scrolling by a style element of their own, whose library looks for the nonce under this name only.
globalThis.__webpack_nonce__ = nonce

const schemes = localStorageColorSchemeManager({ key: 'consent-relay-colours' })
const queries = createQueries(() => void signInAgain())
const router = createConsoleRouter(queries)

/** The session has ended: sign in, then back to where that was found out. */
async function signInAgain(): Promise<void> {
  const { pathname, href } = router.state.location
  if (pathname === '/sign-in' || pathname === '/setup') return
  queries.setQueryData(sessionQuery.queryKey, SIGNED_OUT)
  await router.navigate({ to: '/sign-in', search: { next: href } })
}

// One that comes before is kept for it.
const Notices = lazy(async () => {
  await soon()
  return { default: (await import('./parts/shell/Notices.tsx')).Notices }
})

/** Until there is a page to show, the outline in index.html stays. */
async function show(root: Element): Promise<void> {
  await router.load()
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          colorSchemeManager={schemes}
          defaultColorScheme="auto"
          getStyleNonce={() => nonce}
        >
          <Suspense>
            <Notices />
          </Suspense>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
            <Proof />
          </QueryClientProvider>
        </MantineProvider>
      </StrictMode>,
    ),
  )
}

const root = document.querySelector('#root')
if (!root) throw new Error('index.html has no #root')
void show(root)
