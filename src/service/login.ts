import { readFileSync } from 'node:fs';
import type { Config } from '../config/schema.ts';
import type { Login } from '../ovc/login.ts';
import { GatewayError } from '../runtime/errors.ts';

/**
 * Who we are to the platform.
 * @throws GatewayError `config-invalid` when `ca_file` cannot be read
 */
export function loginOf({ platform }: Config, version: string): Login {
  return {
    url: new URL(platform.url),
    loginCode: platform.login_code,
    password: platform.login_password,
    hardwareModel: platform.hardware_model,
    firmwareModel: version,
    ...(platform.ca_file !== undefined && { ca: authority(platform.ca_file) }),
  };
}

function authority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError('config-invalid', 'platform.ca_file cannot be read', { reason, cause });
  }
}
