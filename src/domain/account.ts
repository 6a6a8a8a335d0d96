import { addressOf } from './person.ts'
import { type Role } from './role.ts'

/** What of an account decides what it may do. */
export type Standing = { readonly role: Role; readonly disabled: boolean }

/** The one spelling of an account's address; undefined when it is none. */
export const accountEmail = (text: string): string | undefined => addressOf(text)

const isLiveOwner = ({ role, disabled }: Standing): boolean => role === 'owner' && !disabled

/** Whether the change leaves a service that no person could administer by signing in. */
export const leavesNoOwner = (before: Standing, after: Standing, { otherOwners }: { readonly otherOwners: number }) =>
  isLiveOwner(before) && !isLiveOwner(after) && otherOwners === 0

/** A session keeps what its account was allowed when it signed in, so it ends with it. */
export const endsSessions = (before: Standing, after: Standing, { newPassword }: { readonly newPassword: boolean }) =>
  newPassword || before.role !== after.role || before.disabled !== after.disabled
