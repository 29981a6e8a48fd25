/**
 * Replaces the SDK's package of credential providers in the bundles. On Lambda, and with a laptop's local engine, the
 * credentials are in the environment. Operators' scripts are not bundled: they keep all the ways of the SDK (profiles, SSO).
 */
import { readAwsCredentials } from '../config.ts';

/** Name and shape of the only export of the package that the SDK's clients use. */
export const defaultProvider = () => async () => readAwsCredentials();
