/** What every page is given: the id of its address, when that has one. */
export interface PageProps {
  readonly id: string | null;
}
