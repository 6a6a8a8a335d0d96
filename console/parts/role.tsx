import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { reaches } from '../../src/domain/role.ts'
import { sessionQuery, type Role } from '../api/session.ts'

/** Whether the account may do what needs this role. The service decides anew; this only hides what it would refuse. */
export function useMay(role: Role): boolean {
  const { data } = useQuery(sessionQuery)
  return data?.signed_in === true && reaches({ role: data.account.role, needed: role })
}

export function For({ role, children }: { readonly role: Role; readonly children: ReactNode }) {
  return useMay(role) ? children : null
}
