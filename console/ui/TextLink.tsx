import { Anchor, type AnchorProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, Ref } from 'react'

type Props = AnchorProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps> & { readonly ref?: Ref<HTMLAnchorElement> }

const RoutedAnchor = (props: Props) => <Anchor size="sm" fw={550} {...props} />

/** A link to a page of the console, whose parameters the router checks. */
export const TextLink = createLink(RoutedAnchor)
