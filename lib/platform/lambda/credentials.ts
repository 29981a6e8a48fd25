/**
 * Stands in the bundles for the SDK's package of credential providers: on Lambda, and on a laptop's local engine, the
 * credentials are in the environment. Operators' scripts are not bundled and keep all of the SDK's ways (profiles, SSO).
 */
import { readAwsCredentials } from '../config.ts';

/** The name and shape of the package's only export that the SDK's clients use. */
export const defaultProvider = () => async () => readAwsCredentials();
