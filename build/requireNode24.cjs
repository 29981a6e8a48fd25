// Loaded before every script (`node -r`), in syntax that any Node reads: `npm ci` normally brings Node 24 itself,
// but a platform without that binary, or an install with --ignore-scripts, would run an older one without a word.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `Node 24 or later is needed and this is Node ${process.versions.node}: run "npm ci" again (it brings Node 24), or install Node 24 yourself.`,
  );
  process.exit(1);
}
