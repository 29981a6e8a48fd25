/** What the local commands take from the environment. */

/** Port of `npm start`. */
export const port = Number(process.env['PORT'] || '3000');

/** Folder, in the project's, of what stays between two starts. Tests have one of their own. */
export const localFolder = process.env['LOCAL_FOLDER'] || '.local';
