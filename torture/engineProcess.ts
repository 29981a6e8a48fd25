/** The engine in a process of its own, which outlives the stack that is killed. */
import { startEngine } from '../scripts/local/engine.ts';

const { endpoint, tables } = await startEngine();
process.send?.({ endpoint, tables });
process.on('disconnect', () => process.exit());
