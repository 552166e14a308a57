/** What every request of ours says it comes from, unless an action says otherwise. */
export function userAgentOf(version: string): string {
  return `fleetcron/${version}`;
}
