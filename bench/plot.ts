/** Draws a line chart as SVG: enough for a curve or three over an axis of powers. Pure. */

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  /** Logarithmic: its marks are the values of the points. */
  readonly xLabel: string;
  /** From zero. */
  readonly yLabel: string;
  readonly series: readonly Series[];
}

const width = 640;
const height = 360;
const edge = { left: 70, right: 20, top: 50, bottom: 55 };
/** Told apart by everybody, in print too: the shades differ as much as the colours. */
const colours = ['#00508f', '#c2410c', '#3f7d20', '#6b21a8'];
const rowsOfGrid = 5;

export function drawPlot({ title, xLabel, yLabel, series }: Plot): string {
  const points = series.flatMap((one) => one.points);
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const [low = 1, high = low] = [xs[0], xs.at(-1)];
  const top = roundUp(Math.max(...points.map(([, y]) => y)));
  const share = (x: number) => (high === low ? 0.5 : Math.log(x / low) / Math.log(high / low));
  const xOf = (x: number) => (edge.left + share(x) * (width - edge.left - edge.right)).toFixed(1);
  const yOf = (y: number) => (height - edge.bottom - (y / top) * (height - edge.top - edge.bottom)).toFixed(1);
  const grid = Array.from({ length: rowsOfGrid + 1 }, (_, row) => (top * row) / rowsOfGrid).map(
    (y) =>
      `<line x1="${edge.left}" x2="${width - edge.right}" y1="${yOf(y)}" y2="${yOf(y)}" stroke="#ddd"/>` +
      text(edge.left - 8, Number(yOf(y)) + 4, write(y), 'end'),
  );
  const marks = xs.map((x) => text(Number(xOf(x)), height - edge.bottom + 20, write(x), 'middle'));
  const lines = series.map(({ name, points: own }, index) => {
    const colour = colours[index % colours.length];
    const path = own.map(([x, y]) => `${xOf(x)},${yOf(y)}`);
    const dots = path.map((point) => `<circle cx="${point.replace(',', '" cy="')}" r="3.5" fill="${colour}"/>`);
    const key = `<rect x="${edge.left + index * 130}" y="30" width="10" height="10" fill="${colour}"/>`;
    const label = text(edge.left + index * 130 + 15, 39, name, 'start');
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${key}${label}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" font-size="12">
<title>${escapeText(title)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${text(edge.left, 20, title, 'start', 'font-weight="bold" font-size="14"')}
${[...grid, ...marks, ...lines].join('\n')}
${text(edge.left + (width - edge.left - edge.right) / 2, height - 12, xLabel, 'middle')}
${text(18, height / 2, yLabel, 'middle', `transform="rotate(-90 18 ${height / 2})"`)}
</svg>
`;
}

/** To 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}

function write(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en');
}

function text(x: number, y: number, content: string, anchor: string, more = ''): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" ${more}>${escapeText(content)}</text>`;
}

function escapeText(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
