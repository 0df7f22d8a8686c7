/* Values as people read them, and back: thousands grouped, times without zone, days as letters and spreadsheets
   write them. What may mean two things stays as it was typed, for the check to name. */

const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::00)?\+08:00$/;
const TYPED_TIME = /^(\S+?)[ T]+(\d\d?):?(\d\d)(?::00)?$/;
/* 2026-01-08, 2026/1/8, 2026.1.8, 20260108, and with the signs for year, month and day. */
const DAY = /^(\d{4})(?:([-/.])(\d\d?)\2(\d\d?)|\u5e74(\d\d?)\u6708(\d\d?)\u65e5|(\d\d)(\d\d))$/;
const MIDNIGHT = / 0?0:00(:00)?$/; // as spreadsheets show a day
const NUMBER = /^(\d+)(\.\d+)?$/;
const GROUPED = /^\d{1,3}([, ])\d{3}(\1\d{3})*(\.\d*)?$/; // a comma elsewhere may be a decimal one
const UNSEEN = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0]/g;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const OF_CODES = /[\uff0d-\uff19\uff21-\uff3a\uff41-\uff5a]/g; // names of codes keep their brackets

export function toShown(value, kind) {
  const text = typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
  if (kind === "d") {
    const parts = text.match(NUMBER);
    return parts ? parts[1].replace(/\B(?=(\d{3})+$)/g, ",") + (parts[2] ?? "") : text;
  }
  const time = kind === "time" && text.match(TIME);
  return time ? `${time[1]} ${time[2]}` : text;
}

/* Without what pages and spreadsheets put around it and nobody sees; digits, letters and signs of full width are
   the plain ones, but in a sentence. */
function plain(text, kind) {
  const seen = text.replace(UNSEEN, "");
  if (kind === "text") return seen.replace(/[\t\r\n\v\f]+/g, " ").trim();
  const wide = kind === "code" ? OF_CODES : FULL_WIDTH;
  return seen.replace(/\s+/g, " ").trim().replace(wide, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
}

function day(typed) {
  const parts = typed.match(DAY);
  if (!parts) return typed;
  const [year, month, date] = [parts[1], parts[3] ?? parts[5] ?? parts[7], parts[4] ?? parts[6] ?? parts[8]];
  return `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
}

export function toValue(text, kind) {
  const typed = plain(text, kind);
  if (kind === "d") return GROUPED.test(typed) ? typed.replace(/[, ]/g, "") : typed;
  if (kind === "date") return day(typed.replace(MIDNIGHT, ""));
  const time = kind === "time" && typed.match(TYPED_TIME);
  return time && DAY.test(time[1]) ? `${day(time[1])}T${time[2].padStart(2, "0")}:${time[3]}:00+08:00` : typed;
}
