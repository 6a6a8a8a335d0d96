import { Tabs } from '@mantine/core'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useMay } from '../../parts/role.tsx'
import { Empty } from '../../ui/Empty.tsx'

const SECTIONS = [
  { value: '/settings/account', name: 'Your account', role: 'viewer' },
  { value: '/settings/sessions', name: 'Sessions', role: 'viewer' },
  { value: '/settings/sources', name: 'Sources', role: 'viewer' },
  { value: '/settings/accounts', name: 'Accounts', role: 'owner' },
  { value: '/settings/tokens', name: 'API tokens', role: 'owner' },
  { value: '/settings/retention', name: 'Retention', role: 'viewer' },
  { value: '/settings/audit', name: 'Audit log', role: 'operator' },
] as const

type Section = (typeof SECTIONS)[number]['value']

/** The parts of the settings, each with an address of its own. */
export function Settings() {
  const path = useRouterState({ select: state => state.location.pathname })
  const navigate = useNavigate()
  const may = { viewer: true, operator: useMay('operator'), owner: useMay('owner') }
  const sections = SECTIONS.filter(({ role }) => may[role])
  const current = sections.find(({ value }) => path === value)?.value ?? null
  return (
    <Tabs value={current} onChange={value => void navigate({ to: value as Section })} keepMounted={false}>
      <Tabs.List mb="lg" aria-label="Settings">
        {sections.map(({ value, name }) => (
          <Tabs.Tab key={value} value={value}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {current ? (
        <Tabs.Panel value={current}>
          <Outlet />
        </Tabs.Panel>
      ) : (
        <Empty
          title="Your role does not reach this"
          says="Ask an owner of this service to show you, or to change your role."
        />
      )}
    </Tabs>
  )
}
