import helmet from 'helmet';

/** Scripts and styles from this server only, none inline. */
const STRICT = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** Headers of every answer. `isSecure`: browsers are told to stay with TLS. */
export function securityHeaders(isSecure: boolean) {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: STRICT },
    strictTransportSecurity: isSecure,
    referrerPolicy: { policy: 'same-origin' },
  });
}

/** Bull Board writes style attributes: the one exception, on its own path only. */
export function boardHeaders() {
  const directives = { ...STRICT, styleSrc: ["'self'", "'unsafe-inline'"] };
  return helmet.contentSecurityPolicy({ useDefaults: false, directives });
}
