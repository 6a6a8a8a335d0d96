import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { sessionQuery, type Role } from '../api/session.ts'

const RANK = { viewer: 0, operator: 1, owner: 2 } as const satisfies Record<Role, number>

/** Whether the account may do what needs this role. The service decides anew; this only hides what it would refuse. */
export function useMay(role: Role): boolean {
  const { data } = useQuery(sessionQuery)
  return data?.signed_in === true && RANK[data.account.role] >= RANK[role]
}

export function For({ role, children }: { readonly role: Role; readonly children: ReactNode }) {
  return useMay(role) ? children : null
}
