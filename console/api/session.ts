import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { passwordChange, session, setup, signIn as credentials } from '../../src/contract/session.ts'
import type { Role } from '../../src/domain/role.ts'
import { get, post, rememberCsrfToken, remove } from '../api.ts'

export type { Role }
export type Session = z.infer<typeof session>

export const SIGNED_OUT: Session = { signed_in: false, setup_needed: false }

const remembered = (answer: Session): Session => {
  rememberCsrfToken(answer.signed_in ? answer.csrf_token : undefined)
  return answer
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => remembered(await get<Session>('/v1/session')),
  staleTime: 60_000,
})

export const signIn = async (given: z.infer<typeof credentials>): Promise<Session> =>
  remembered(await post<Session>('/v1/session', given))

export const signOut = (): Promise<undefined> => remove('/v1/session')

export const changePassword = async (passwords: z.infer<typeof passwordChange>): Promise<Session> =>
  remembered(await post<Session>('/v1/session/password', passwords))

export const proveSession = async (password: string): Promise<Session> =>
  remembered(await post<Session>('/v1/session/proof', { password }))

type FirstAccount = z.infer<typeof setup>

export const setUp = async (account: FirstAccount): Promise<Session> =>
  remembered(await post<Session>('/v1/setup', account))
