/** The part of dynalite that is used; the package has no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  export default function dynalite(options: {
    /** Folder of the data; in memory without it. */
    path?: string;
    createTableMs?: number;
  }): Server;
}
