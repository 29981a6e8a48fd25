/** How many notices go to one host at once, and when a host is left alone. For one run. */

/** Calls to one host at a time: w.c.s. runs the actions of a form before it answers. */
const connections = 2;

/** Network failures of one host in a run. After that the host counts as down. */
const failuresAllowed = 3;

export interface HostGate {
  /**
   * Does the work when a connection to the host is free.
   *
   * @param work tells whether it met a network failure.
   * @returns false, with nothing done, when the host counts as down by then.
   */
  pass(host: string, work: () => Promise<boolean>): Promise<boolean>;
}

interface Host {
  busy: number;
  failures: number;
  readonly waiting: (() => void)[];
}

export function createHostGate(): HostGate {
  const hosts = new Map<string, Host>();

  function hostOf(name: string): Host {
    const known = hosts.get(name) ?? { busy: 0, failures: 0, waiting: [] };
    hosts.set(name, known);
    return known;
  }

  return {
    async pass(name, work) {
      const host = hostOf(name);
      // A connection that comes free is handed to the next in line, and stays counted.
      if (host.busy >= connections) await new Promise<void>((free) => host.waiting.push(free));
      else host.busy += 1;
      try {
        if (host.failures >= failuresAllowed) return false;
        if (await work()) host.failures += 1;
        return true;
      } finally {
        const next = host.waiting.shift();
        if (next === undefined) host.busy -= 1;
        else next();
      }
    },
  };
}
