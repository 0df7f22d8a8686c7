/* Values as people read them, and back: thousands grouped, times without zone, dates from eight digits. */

const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::00)?\+08:00$/;
const TYPED_TIME = /^(\d{4})-?(\d\d)-?(\d\d)[ T]+(\d\d):?(\d\d)$/;
const NUMBER = /^(\d+)(\.\d+)?$/;

export function toShown(value, kind) {
  const text = typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
  if (kind === "d") {
    const parts = text.match(NUMBER);
    return parts ? parts[1].replace(/\B(?=(\d{3})+$)/g, ",") + (parts[2] ?? "") : text;
  }
  const time = kind === "time" && text.match(TIME);
  return time ? `${time[1]} ${time[2]}` : text;
}

export function toValue(text, kind) {
  const typed = text.trim();
  if (kind === "d") return /^[\d,]+(\.\d*)?$/.test(typed) ? typed.replaceAll(",", "") : typed;
  if (kind === "date") return typed.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  const time = kind === "time" && typed.match(TYPED_TIME);
  return time ? `${time[1]}-${time[2]}-${time[3]}T${time[4]}:${time[5]}:00+08:00` : typed;
}
