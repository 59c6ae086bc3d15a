/** Keys whose value is secret whatever it looks like: of passwords, tokens, keys and signed addresses. */
const SECRET = /passw|pass$|pwd|secret|token|private|sign|credential$|key$/i;
/** These only say where one is to be found. */
const ELSEWHERE = /_file$/i;

/** Whether a value of that name must not be shown. What has values of its own is told by their names. */
export const isSecretName = (name: string): boolean => SECRET.test(name) && !ELSEWHERE.test(name);
