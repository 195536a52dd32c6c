export { ingressApp, type IngressParts } from './app.ts';
export { composeIngress, type IngressRuntime } from './compose.ts';
export { listenIngress, type RunningIngress, startIngress } from './start-ingress.ts';
