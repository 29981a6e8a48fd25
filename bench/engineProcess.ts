/** The process of an engine: says where it listens, and ends with whoever started it. */
import { startEngine } from '../scripts/local/engine.ts';

const { endpoint, tables, stop } = await startEngine();
process.on('disconnect', stop);
process.send?.({ endpoint, tables });
