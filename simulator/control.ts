import { type BareAction, type ContactAction, actOn } from './contact-actions.ts'
import type { FaultReport, FaultRule } from './faults.ts'
import type { JsonObject } from './json.ts'
import { memberView } from './member-view.ts'
import { dropMergeField, mergeFieldView } from './merge-fields.ts'
import { findMember } from './contacts.ts'
import { type LoggedRequest, loggedRequest } from './request-log.ts'
import type { Latency, Runtime } from './runtime.ts'
import {
  type AudienceSeed,
  type ContactSeed,
  type KeySeed,
  type MergeFieldSeed,
  addAudience,
  addKey,
  seedContact,
  seedMergeField,
  setUpAudience,
} from './seed.ts'
import type { Audience, Behaviour, KeyState } from './state.ts'
import { type Stats, newCounters, statsOf } from './stats.ts'

/** What tests, demos and `/_simulator` can do beside Mailchimp's API; README.md lists it. */
export type Control = Readonly<{
  addKey: (seed: KeySeed) => void
  setKeyState: (key: string, state: KeyState) => void
  addAudience: (seed: AudienceSeed) => void
  /** Changes what the seed names; what it leaves out stays, contacts included. */
  setUpAudience: (seed: AudienceSeed) => void
  removeAudience: (id: string) => boolean
  addMergeField: (audience: string, seed: MergeFieldSeed) => JsonObject
  /** The values of all contacts go with it. */
  removeMergeField: (audience: string, tag: string) => void
  addContact: (audience: string, seed: ContactSeed) => JsonObject
  contact: (audience: string, name: string) => JsonObject | undefined
  contacts: (audience: string) => readonly JsonObject[]
  /** What happens to a contact beside the API; the answer is the contact afterwards, if there is one. */
  act: (audience: string, name: string, action: ContactAction | BareAction) => JsonObject | undefined
  addFault: (rule: FaultRule) => string
  removeFault: (id: string) => boolean
  clearFaults: () => void
  faults: () => readonly FaultReport[]
  setLatency: (latency: Latency) => void
  setBehaviour: (changes: Partial<Behaviour>) => void
  requests: () => readonly LoggedRequest[]
  stats: () => Stats
  inFlight: () => number
  /** Resolves when so many requests have arrived since the start or the last reset. */
  arrived: (total: number) => Promise<void>
  reset: () => void
}>

export function createControl(runtime: Runtime, reseed: () => void): Control {
  return {
    ...accountControl(runtime),
    ...contactControl(runtime),
    ...faultControl(runtime),
    ...watchControl(runtime, reseed),
  }
}

function accountControl({ state }: Runtime) {
  return {
    addKey: (seed: KeySeed) => addKey(state, seed),
    setKeyState(secret: string, keyState: KeyState) {
      const key = state.keys.get(secret)
      if (!key) throw new Error('There is no such key.')
      state.keys.set(secret, { ...key, state: keyState })
    },
    addAudience: (seed: AudienceSeed) => void addAudience(state, seed),
    setUpAudience: (seed: AudienceSeed) => void setUpAudience(state, seed),
    removeAudience: (id: string) => state.audiences.delete(id),
    addMergeField(id: string, seed: MergeFieldSeed) {
      const audience = audienceOf(state.audiences, id)
      return mergeFieldView(audience, seedMergeField(audience, seed))
    },
    removeMergeField(id: string, tag: string) {
      const audience = audienceOf(state.audiences, id)
      const field = audience.mergeFields.find(known => known.tag === tag)
      if (!field) throw new Error(`The audience has no merge field ${tag}.`)
      dropMergeField(audience, field)
    },
    setBehaviour(changes: Partial<Behaviour>) {
      state.behaviour = { ...state.behaviour, ...changes }
    },
  }
}

function contactControl({ state }: Runtime) {
  return {
    addContact(id: string, seed: ContactSeed) {
      const audience = audienceOf(state.audiences, id)
      return memberView(audience, seedContact(state, audience, seed))
    },
    contact(id: string, name: string) {
      const audience = audienceOf(state.audiences, id)
      const member = findMember(audience, name)
      return member && memberView(audience, member)
    },
    contacts(id: string) {
      const audience = audienceOf(state.audiences, id)
      return [...audience.members.values()].map(member => memberView(audience, member))
    },
    act(id: string, name: string, action: ContactAction | BareAction) {
      const audience = audienceOf(state.audiences, id)
      const left = actOn(state, audience, { name, action: typeof action === 'string' ? { do: action } : action })
      return left && memberView(audience, left)
    },
  }
}

function faultControl({ faults }: Runtime) {
  return {
    addFault: (rule: FaultRule) => faults.add(rule),
    removeFault: (id: string) => faults.remove(id),
    clearFaults: () => faults.clear(),
    faults: () => faults.report(),
  }
}

function watchControl(runtime: Runtime, reseed: () => void) {
  const { slots, log, state } = runtime
  return {
    setLatency(latency: Latency) {
      runtime.latency = latency
    },
    requests: () => log.entries().map(loggedRequest),
    stats: () => statsOf(runtime.counters, slots.highest()),
    inFlight: () => [...state.keys.values()].reduce((most, { account }) => Math.max(most, slots.inFlight(account)), 0),
    arrived(total: number) {
      if (runtime.counters.calls >= total) return Promise.resolve()
      return new Promise<void>(resolve => {
        runtime.waiters = [...runtime.waiters, { total, resolve }]
      })
    },
    reset() {
      abandonWork(runtime)
      runtime.faults.clear()
      log.clear()
      slots.clear()
      runtime.counters = newCounters()
      state.audiences.clear()
      state.batches.clear()
      state.keys.clear()
      reseed()
    },
  }
}

/** Breaks off what is under way, so that nothing of before touches what comes after. */
export function abandonWork(runtime: Runtime): void {
  runtime.state.timers.cancelAll()
  for (const response of runtime.open) response.destroy()
}

function audienceOf(audiences: ReadonlyMap<string, Audience>, id: string): Audience {
  const audience = audiences.get(id)
  if (!audience) throw new Error(`There is no audience ${id}.`)
  return audience
}
