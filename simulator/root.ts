import type { Answer } from './answers.ts'
import type { Call } from './call.ts'
import { timestamp } from './member-view.ts'
import { filtered } from './paging.ts'
import type { Problem } from './problems.ts'
import type { State } from './state.ts'

/** The account behind the key, with the role of the user the key belongs to. */
export function getRoot(state: State, call: Call): Answer | Problem {
  const { key } = call
  const audiences = [...state.audiences.values()]
  const view = {
    account_id: accountNumber(key.account).toString(16).padStart(10, '0'),
    login_id: String(accountNumber(key.account)),
    account_name: `Simulated account ${key.account}`,
    email: `${key.dataCentre}@freddiesjokes.com`,
    first_name: 'Freddie',
    last_name: 'Chimp',
    username: `simulated-${key.dataCentre}`,
    avatar_url: '',
    role: key.role,
    member_since: timestamp(Date.UTC(2020, 0, 1)),
    pricing_plan_type: 'monthly',
    first_payment: timestamp(Date.UTC(2020, 0, 2)),
    account_timezone: 'UTC',
    account_industry: '',
    contact: { company: 'Consent Relay Simulator', addr1: '', addr2: '', city: '', state: '', zip: '', country: 'US' },
    pro_enabled: false,
    last_login: timestamp(state.clock.now()),
    total_subscribers: audiences.reduce((sum, audience) => sum + audience.members.size, 0),
    industry_stats: { open_rate: 0, bounce_rate: 0, click_rate: 0 },
    _links: [{ rel: 'self', href: `${call.origin}/3.0/`, method: 'GET' }],
  }
  return filtered(view, call)
}

function accountNumber(account: string): number {
  return [...account].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 100_000_000, 7)
}
