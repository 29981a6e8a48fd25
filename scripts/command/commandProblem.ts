/** A sentence for the person at the terminal: nothing to debug. */
export class CommandProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandProblem';
  }
}
