import { type StoreFault } from '../mortal-store.ts'
import { type Kind } from './kinds.ts'

/** Something that Mailchimp's people do, beside our requests. */
export type MailchimpAct =
  | { readonly do: 'edit' | 'add'; readonly address: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly do: 'remove' | 'forget' | 'archive' | 'unsubscribe' | 'clean'; readonly address: string }
  | { readonly do: 'rename'; readonly address: string; readonly to: string }
  | { readonly do: 'remake'; readonly tag: string }
  | { readonly do: 'key'; readonly state: 'active' | 'disabled' }
  | { readonly do: 'fault'; readonly rule: Readonly<Record<string, unknown>> & { readonly id: string } }
  | { readonly do: 'mend'; readonly id: string }

export type OperatorAct =
  | { readonly do: 'pause' | 'resume' | 'disable' | 'enable' | 'delete' | 'resync' }
  | { readonly do: 'patch'; readonly changes: Readonly<Record<string, unknown>> }
  | { readonly do: 'create'; readonly integration: Integrated }
  | { readonly do: 'feed'; readonly feed: 'user' | 'event' }
  | { readonly do: 'replay' }
  | { readonly do: 'restart' }

/** What the machine does to the service. */
export type MachineAct =
  { readonly do: 'fault'; readonly fault: StoreFault } | { readonly do: 'freeze' | 'clock'; readonly ms: number }

/** How a webhook may be dressed: none of it is a reason to refuse what it says (R2). */
export type Dress = {
  readonly type?: string
  readonly encoding?: 'gzip' | 'deflate' | 'br' | 'identity'
  readonly slash?: string
}

/** An integration: the source it reads, the audience it writes to, and the changes to a document that works. */
export type Integrated = {
  readonly source: number
  readonly audience: number
  readonly changes: Readonly<Record<string, unknown>>
}

/** One thing that happens, so many milliseconds after the start; whatever else happens, it happens then. */
export type Step = {
  readonly at: number
  readonly kind: Kind | 'plain'
} & (
  | { readonly by: 'didomi'; readonly source: number; readonly body: string; readonly dress?: Dress }
  | { readonly by: 'mailchimp'; readonly audience: number; readonly act: MailchimpAct }
  | { readonly by: 'operator'; readonly integration: number; readonly act: OperatorAct }
  | { readonly by: 'machine'; readonly act: MachineAct }
)

/** A whole world, as data: what is there at the start, and what happens. */
export type Story = {
  readonly seed: number
  readonly kinds: readonly Kind[]
  /** The feed of each source; undefined is fixed by what arrives first. */
  readonly feeds: readonly ('user' | 'event' | undefined)[]
  readonly integrations: readonly Integrated[]
  /** Who is a contact at the start, in every audience. */
  readonly contacts: readonly string[]
  readonly steps: readonly Step[]
}

/** When the stories begin. */
export const START = Date.UTC(2026, 10, 23, 9)
