import { setEnterprise, UNKNOWN_ENTERPRISE } from '../chassis/src/enterprise.ts';

// Files share their worker's modules: none finds the enterprise of the one before it.
setEnterprise(UNKNOWN_ENTERPRISE);
