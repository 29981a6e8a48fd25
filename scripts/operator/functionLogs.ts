/** The log lines of a stage's functions and of its gateway, searched for texts: CloudWatch or, for a laptop, a file. */
import { readFile } from 'node:fs/promises';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { functionLog } from '../local/folder.ts';

export interface FunctionLogs {
  /** Lines written since then that hold one of the texts at least. */
  find(texts: readonly string[], since: Date): Promise<string[]>;
}

/** Of one call; a search for what one smoke test wrote finds far fewer. */
const longestPage = 100;

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
        groups.map((logGroupName) =>
          client.send(
            new FilterLogEventsCommand({ logGroupName, filterPattern, startTime: since.getTime(), limit: longestPage }),
          ),
        ),
      );
      return found.flatMap(({ events = [] }) => events.map(({ message = '' }) => message));
    },
  };
}

/** What `npm start` prints of the functions. */
export const fileLogs: FunctionLogs = {
  async find(texts) {
    const lines = (await readFile(functionLog, 'utf8')).split('\n');
    return lines.filter((line) => texts.some((text) => line.includes(text)));
  },
};
