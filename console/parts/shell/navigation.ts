import { Activity, Gauge, Plug, Server, Settings, TriangleAlert, Users } from 'lucide-react'

/** The pages of the navigation; `key` opens one after `g`. */
export const PAGES = [
  { to: '/', name: 'Overview', key: 'o', Icon: Gauge },
  { to: '/activity', name: 'Activity', key: 'a', Icon: Activity },
  { to: '/people', name: 'People', key: 'p', Icon: Users },
  { to: '/failures', name: 'Failures', key: 'f', Icon: TriangleAlert },
  { to: '/integrations', name: 'Integrations', key: 'i', Icon: Plug },
  { to: '/settings', name: 'Settings', key: 's', Icon: Settings },
  { to: '/system', name: 'System', key: 'y', Icon: Server },
] as const
