interface Count {
  readonly ended: number;
  readonly current: number;
}

/**
 * Makes counts that never fall of counts that begin anew with each stream, view and link. What one has counted after the
 * last look at it is not in them.
 */
export class RunningTotals {
  readonly #known = new Map<string, Map<string, Count>>();

  /** The total of a group, after a look at one of its members; undefined where that is not there at the moment. */
  look(group: string, member: string, counts: number | undefined): number {
    const members = this.#known.get(group) ?? new Map<string, Count>();
    this.#known.set(group, members);
    const { ended, current } = members.get(member) ?? { ended: 0, current: 0 };
    // One that has gone may come back and count on; only from one that counts less is it certain that it is another.
    if (counts !== undefined)
      members.set(member, { ended: counts < current ? ended + current : ended, current: counts });
    return [...members.values()].reduce((sum, each) => sum + each.ended + each.current, 0);
  }
}
