import { notifications } from '@mantine/notifications'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './api.ts'

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiProblem
    /** `inline`: the page shows the problem of this write where it happened. */
    mutationMeta: { readonly problem?: 'inline' }
  }
}

const MOST_RETRIES = 2

/** Only what may go away by itself is asked again without being told to. */
const mayRetry = (failures: number, problem: ApiProblem): boolean =>
  failures < MOST_RETRIES && (problem.status === 0 || problem.status >= 502)

export function createQueries(onSignedOut: () => void): QueryClient {
  const noticeSignOut = (problem: unknown): boolean => {
    const isSignedOut = problem instanceof ApiProblem && problem.code === 'unauthorized'
    if (isSignedOut) onSignedOut()
    return isSignedOut
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError: noticeSignOut }),
    mutationCache: new MutationCache({
      onError: (problem, _variables, _result, mutation) => {
        if (noticeSignOut(problem) || mutation.meta?.problem === 'inline') return
        notifications.show({ color: 'red', title: problem.title, message: `${problem.message} ${problem.advice}` })
      },
    }),
    defaultOptions: {
      // What is live asks by itself; a list of many pages must not ask for all of them with each look at the window.
      queries: { retry: mayRetry, staleTime: 5_000, refetchOnWindowFocus: false },
      mutations: { retry: false },
    },
  })
}
