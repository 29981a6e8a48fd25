/** The log lines of a stage's functions and of its gateway, searched for texts: CloudWatch or, for a laptop, a file. */
import { readFile } from 'node:fs/promises';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { functionLog } from '../local/folder.ts';

export interface FunctionLogs {
  /** Lines written since then that hold one of the texts at least. */
  find(texts: readonly string[], since: Date): Promise<string[]>;
}

/** @param service as in the names of the functions, `<service>-<stage>`. */
export function cloudwatchLogs(region: string, service: string): FunctionLogs {
  const client = new CloudWatchLogsClient({ region });
  const functions = ['addBasketItem', 'removeBasketItem', 'paymentPage', 'paymentNotification', 'attendItems'];
  const groups = [...functions.map((name) => `/aws/lambda/${service}-${name}`), `/aws/http-api/${service}`];
  return {
    async find(texts, since) {
      // A quoted term is looked for to the letter.
      const filterPattern = texts.map((text) => `?"${text.replaceAll('"', '\\"')}"`).join(' ');
      const found = await Promise.all(
        groups.map(async (logGroupName) => {
          const lines: string[] = [];
          // A page may be empty and not the last one.
          const pages = paginateFilterLogEvents(
            { client },
            { logGroupName, filterPattern, startTime: since.getTime() },
          );
          for await (const { events = [] } of pages) lines.push(...events.map(({ message = '' }) => message));
          return lines;
        }),
      );
      return found.flat();
    },
  };
}

/** What `npm start` prints of the functions. */
export const fileLogs: FunctionLogs = {
  async find(texts) {
    const lines = (await readFile(functionLog(), 'utf8')).split('\n');
    return lines.filter((line) => texts.some((text) => line.includes(text)));
  },
};
