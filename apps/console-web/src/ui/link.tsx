import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'wouter';
import { writeSearch, type Search } from '../search.ts';
import { useSigned } from '../session.tsx';

/** The address of one of our pages; it names the business when the person is in several. */
export function useHref(): (path: string, search?: Search) => string {
  const { businesses, business } = useSigned();
  const named: Search = businesses.length > 1 && business !== null ? { business: [business.slug] } : {};
  return (path, search = {}) => `${path}${writeSearch({ ...named, ...search })}`;
}

interface ToProps extends Omit<ComponentProps<'a'>, 'href'> {
  readonly to: string;
  readonly search?: Search | undefined;
  readonly children: ReactNode;
}

/** A link to one of our pages. */
export function To({ to, search, ...rest }: ToProps): ReactNode {
  const href = useHref();
  return <Link href={href(to, search)} {...rest} />;
}
