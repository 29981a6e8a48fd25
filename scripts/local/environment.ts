/** What the local commands take from the environment, each time anew: tests give it to one run at a time. */

/** Port of `npm start`. */
export function localPort(): number {
  return Number(process.env['PORT'] || '3000');
}

/** Folder, in the project's, of what stays between two starts. Tests have one of their own. */
export function localFolder(): string {
  return process.env['LOCAL_FOLDER'] || '.local';
}
