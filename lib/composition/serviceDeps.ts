/** Puts together the deps of a stage: settings, clients, stores and caches. */
import type { BasketStore } from '../basket/basketStore.ts';
import { dynamodbBasketStore } from '../basket/dynamodbBasketStore.ts';
import { measuredBasketStore } from '../basket/measuredBasketStore.ts';
import type { PaymentLinkSettings } from '../payment/paymentLink.ts';
import { type Cache, createCache } from '../platform/cache.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { type Config, readConfig } from '../platform/config.ts';
import { createDocumentClient } from '../platform/dynamodb.ts';
import { consoleLogger, type Logger } from '../platform/logger.ts';
import { consoleMetrics, type Metrics } from '../platform/metrics.ts';
import { parameterSecrets } from '../platform/parameterStore.ts';
import { fileSecrets, type Secrets, type SecretsSource } from '../platform/secrets.ts';
import { type Caller, identifyCaller } from '../publik/callers.ts';
import { dynamodbRegieStore } from '../regie/dynamodbRegieStore.ts';
import type { RegieCatalogue } from '../regie/regie.ts';

/** The deps of every function. Payments and the sandbox bank add their own; the two documented calls do not carry those. */
export interface ServiceDeps {
  readonly config: Config;
  readonly client: ReturnType<typeof createDocumentClient>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly secrets: Cache<Secrets>;
  readonly regies: Cache<RegieCatalogue>;
  readonly store: BasketStore;
  readonly recordDays: number;
  readonly links: () => Promise<PaymentLinkSettings>;
  /** The same, read anew: another function may have signed with a key that this one has not read yet. */
  readonly newestLinks: () => Promise<PaymentLinkSettings>;
  readonly identifyCaller: (rawQuery: string) => Promise<Caller>;
}

const secretsAgeMs = 5 * 60_000;
const regiesAgeMs = 60_000;

/** @param tools a test's own clock, logger or metrics. */
export function buildServiceDeps(
  config: Config,
  tools: Partial<Pick<ServiceDeps, 'clock' | 'logger' | 'metrics'>> = {},
): ServiceDeps {
  const {
    clock = systemClock,
    logger = consoleLogger,
    metrics = consoleMetrics(config.metricsNamespace, clock),
  } = tools;
  const client = createDocumentClient(config, clock);
  const { load: loadSecrets } = secretsSource(config, client);
  const { load: loadRegies } = dynamodbRegieStore(client, config.regiesTable);
  const secrets = createCache({ name: 'secrets', load: loadSecrets, maximumAgeMs: secretsAgeMs, clock, logger });
  const { recordDays, publicUrl } = config;
  return {
    config,
    client,
    clock,
    logger,
    metrics,
    secrets,
    regies: createCache({ name: 'regies', load: loadRegies, maximumAgeMs: regiesAgeMs, clock, logger }),
    store: measuredBasketStore(dynamodbBasketStore(client, config.itemsTable, config.retentionDays), metrics),
    recordDays,
    links: async () => linksOf(publicUrl, await secrets.get()),
    newestLinks: async () => linksOf(publicUrl, await secrets.refresh()),
    identifyCaller: identifyCaller({ secrets, clock }),
  };
}

function linksOf(publicUrl: string, { linkKeys }: Secrets): PaymentLinkSettings {
  if (linkKeys === undefined) throw new Error('The secrets have no link keys: npm run secrets -- init makes them.');
  return { publicUrl, linkKeys };
}

function secretsSource(config: Config, client: ServiceDeps['client']): SecretsSource {
  const { secretsFile, secretsPath = '', secretsParts: parts, ssmEndpoint } = config;
  if (secretsFile !== undefined) return fileSecrets(secretsFile);
  return parameterSecrets(client.config, { path: secretsPath, parts, endpoint: ssmEndpoint });
}

let built: ServiceDeps | undefined;

/** The deps of the stage that the environment describes. They are built at the first call, and again only if that failed. */
export function serviceDeps(): ServiceDeps {
  built ??= buildServiceDeps(readConfig());
  return built;
}
