import { Badge, NavLink } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useRouterState } from '@tanstack/react-router'
import { openFailuresQuery } from '../../api/failures.ts'
import { PAGES } from './navigation.ts'

const isCurrent = (to: string, path: string): boolean => (to === '/' ? path === '/' : path.startsWith(to))

export function Navigation({ onFollow }: { readonly onFollow: () => void }) {
  const path = useRouterState({ select: state => state.location.pathname })
  return (
    <nav aria-label="Main">
      {PAGES.map(({ to, name, Icon }) => (
        <NavLink
          key={to}
          component={Link}
          to={to}
          label={name}
          active={isCurrent(to, path)}
          aria-current={isCurrent(to, path) ? 'page' : undefined}
          leftSection={<Icon size={18} strokeWidth={1.8} aria-hidden />}
          rightSection={to === '/failures' ? <OpenFailures /> : undefined}
          onClick={onFollow}
        />
      ))}
    </nav>
  )
}

function OpenFailures() {
  const { data } = useQuery(openFailuresQuery)
  const open = data?.data.length ?? 0
  if (open === 0) return null
  return (
    <Badge size="sm" color="red.8" aria-label={`${open} open`}>
      {data?.next_cursor ? `${open}+` : open}
    </Badge>
  )
}
