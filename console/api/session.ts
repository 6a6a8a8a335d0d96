import { queryOptions } from '@tanstack/react-query'
import { get, post, rememberCsrfToken, remove } from '../api.ts'

export type Role = 'owner' | 'operator' | 'viewer'

export type Session =
  | { readonly signed_in: false; readonly setup_needed: boolean }
  | {
      readonly signed_in: true
      readonly account: { readonly id: string; readonly email: string; readonly name: string; readonly role: Role }
      readonly csrf_token: string
      readonly expires_at: string
    }

const remembered = (session: Session): Session => {
  rememberCsrfToken(session.signed_in ? session.csrf_token : undefined)
  return session
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => remembered(await get<Session>('/v1/session')),
  staleTime: 60_000,
})

export const signIn = async (credentials: { readonly email: string; readonly password: string }): Promise<Session> =>
  remembered(await post<Session>('/v1/session', credentials))

export const signOut = (): Promise<undefined> => remove('/v1/session')

export const changePassword = async (passwords: {
  readonly current: string
  readonly next: string
}): Promise<Session> => remembered(await post<Session>('/v1/session/password', passwords))

export type FirstAccount = {
  readonly token: string
  readonly email: string
  readonly name: string
  readonly password: string
}

export const setUp = async (account: FirstAccount): Promise<Session> =>
  remembered(await post<Session>('/v1/setup', account))
