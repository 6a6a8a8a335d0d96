import { PageHeader } from '../ui/PageHeader.tsx'

export function ReplayDetail() {
  return <PageHeader title="Replay" />
}
