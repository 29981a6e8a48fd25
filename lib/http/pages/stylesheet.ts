/** The one stylesheet of the pages, and the hash by which their content security policy allows it. */
import { createHash } from 'node:crypto';

/** Contrast, in light and dark: 4.5:1 at least between text and its ground, 3:1 for edges of fields and for focus. */
const colours = `
:root {
  color-scheme: light dark;
  --ground: #f2f4f7; --surface: #ffffff; --text: #16202c; --muted: #4a5563; --line: #d8dde4; --edge: #6b7785;
  --accent: #1b4f8f; --accent-strong: #133a6b; --on-accent: #ffffff;
  --done: #17663a; --done-tint: #e3f2e8; --waiting: #1b4f8f; --waiting-tint: #e5eefa;
  --problem: #a3201b; --problem-tint: #fcebea; --notice: #744000; --notice-tint: #fdf2dd;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151c; --surface: #19212b; --text: #e8ecf1; --muted: #b2bcc8; --line: #35404e; --edge: #8793a1;
    --accent: #8fbcf7; --accent-strong: #b5d3fa; --on-accent: #0b1420;
    --done: #84d9a5; --done-tint: #163525; --waiting: #8fbcf7; --waiting-tint: #1a2f49;
    --problem: #ffa39c; --problem-tint: #431f1e; --notice: #f4c678; --notice-tint: #382b13;
  }
}
`;

const layout = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; padding: 0 1rem 3rem; border-top: 0.375rem solid var(--accent);
  background: var(--ground); color: var(--text); overflow-wrap: anywhere;
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
}
header, main, footer { max-width: 35rem; margin: 0 auto; }
header { display: flex; align-items: center; gap: 0.875rem; padding: 1.5rem 0.25rem 1.25rem; font-weight: 600; line-height: 1.35; }
header p { margin: 0; }
header img { max-width: 7rem; max-height: 3.5rem; padding: 0.25rem; border-radius: 0.375rem; background: #ffffff; object-fit: contain; }
main { padding: 2rem 1.25rem; border: 1px solid var(--line); border-radius: 0.875rem; background: var(--surface); }
main > :first-child { margin-top: 0; }
main > :last-child { margin-bottom: 0; }
footer { padding: 1.25rem 0.25rem 0; color: var(--muted); font-size: 0.9375rem; }
footer p { margin: 0; white-space: pre-line; }
@media (min-width: 40rem) {
  body { padding-bottom: 5rem; }
  header { padding-top: 2.5rem; }
  main { padding: 2.75rem 3rem; }
}
`;

const text = `
h1 { margin: 0 0 0.75rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.01em; text-wrap: balance; }
p { margin: 0 0 1rem; }
.amount { margin: 0 0 1.5rem; font-size: clamp(2rem, 11vw, 2.75rem); font-weight: 700; line-height: 1.15; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.summary { margin: 1.75rem 0; padding: 1.25rem 0 0; border-top: 1px solid var(--line); }
.summary .amount { margin-bottom: 0; }
.label { margin: 0; color: var(--muted); }
.own-text { white-space: pre-line; }
.hint { margin: 0.875rem 0 0; color: var(--muted); font-size: 0.9375rem; }
dl { margin: 1.5rem 0; border-top: 1px solid var(--line); }
dl > div { padding: 0.75rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--muted); font-size: 0.9375rem; }
dd { margin: 0; font-weight: 600; }
code { font: 500 0.9375rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
@media (min-width: 40rem) {
  h1 { font-size: 1.75rem; }
  .amount { font-size: 3.25rem; }
  dl > div { display: flex; align-items: baseline; justify-content: space-between; gap: 1.5rem; }
  dt { flex: none; }
  dd { text-align: right; }
}
.note { margin: 0 0 1.5rem; padding: 0.75rem 1rem; border-left: 0.25rem solid var(--notice); border-radius: 0.25rem; background: var(--notice-tint); color: var(--notice); }
.mark { display: flex; align-items: center; justify-content: center; width: 3.25rem; height: 3.25rem; margin: 0 0 1.25rem; border-radius: 50%; }
.mark svg { width: 1.75rem; height: 1.75rem; fill: none; stroke: currentColor; stroke-width: 2.5; stroke-linecap: round; stroke-linejoin: round; }
.done { background: var(--done-tint); color: var(--done); }
.waiting { background: var(--waiting-tint); color: var(--waiting); }
.problem { background: var(--problem-tint); color: var(--problem); }
.removed { background: var(--ground); color: var(--muted); }
`;

const controls = `
form { margin: 1.5rem 0 0; }
button {
  display: block; width: 100%; min-height: 3.25rem; padding: 0.75rem 1.5rem; border: 2px solid transparent; border-radius: 0.5rem;
  background: var(--accent); color: var(--on-accent); font: inherit; font-size: 1.125rem; font-weight: 600; cursor: pointer;
}
button:hover { background: var(--accent-strong); }
button.grave { background: var(--problem); color: var(--surface); }
button.second { border-color: var(--edge); background: var(--surface); color: var(--accent); }
button.second:hover { border-color: var(--accent); color: var(--accent-strong); }
.choice { display: grid; gap: 0.875rem; }
button.grave:hover { text-decoration: underline; text-underline-offset: 0.2em; }
a { color: var(--accent); text-underline-offset: 0.2em; }
a:hover { color: var(--accent-strong); text-decoration-thickness: 0.125em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 0.375rem; }
.links { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 2rem; margin: 1rem 0 -0.75rem; }
main > .links:last-child { margin-bottom: -0.75rem; }
.links a { display: inline-flex; align-items: center; min-height: 2.75rem; }
.links a.quiet { color: var(--muted); }
.field { margin: 0 0 1.5rem; }
label { display: block; font-weight: 600; }
.field .hint, .field .error { margin: 0.125rem 0 0; }
.field .error { margin-top: 0.375rem; color: var(--problem); font-weight: 600; }
input {
  display: block; width: 100%; min-height: 3rem; margin-top: 0.5rem; padding: 0.5rem 0.75rem; border: 1px solid var(--edge);
  border-radius: 0.5rem; background: var(--surface); color: var(--text); font: inherit;
}
input[aria-invalid] { border: 2px solid var(--problem); }
`;

const otherMedia = `
@media (forced-colors: active) {
  main, .mark, .note, button { border: 1px solid; }
}
@media print {
  :root {
    --ground: #ffffff; --surface: #ffffff; --text: #000000; --muted: #333333; --line: #999999;
    --done: #000000; --done-tint: #ffffff; --notice: #000000; --notice-tint: #ffffff;
  }
  body { min-height: 0; padding: 0; border: 0; }
  main { padding: 1rem 0; border: 0; }
  form, .links, .mark { display: none; }
}
`;

/** The exact content of the `style` element. */
export const stylesheet = [colours, layout, text, controls, otherMedia].join('').trim();

/** The stylesheet's hash, as a source of `style-src`: Content Security Policy Level 3, 2.3.1. */
export const stylesheetSource = `'sha256-${createHash('sha256').update(stylesheet).digest('base64')}'`;
