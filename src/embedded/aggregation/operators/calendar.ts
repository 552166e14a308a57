// Days and weeks of a date whose UTC fields are the wall clock.
const day = 86_400_000;

export const dayOfYear = (date: Date): number =>
  Math.floor(date.getTime() / day) - firstDayOf(date.getUTCFullYear()) + 1;

/** Whole days since 1970. */
function firstDayOf(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1) / day;
}

/** Monday is 1, Sunday 7. */
export const isoDayOfWeek = (date: Date): number => date.getUTCDay() || 7;

/** From Sundays; the days before the first one are in week 0. */
export const weekOfYear = (date: Date): number => Math.floor((dayOfYear(date) + 6 - date.getUTCDay()) / 7);

/** The year whose week it is: that of the week's Thursday. */
export const isoWeekYear = (date: Date): number => thursdayOf(date).getUTCFullYear();

export const isoWeek = (date: Date): number => Math.ceil(dayOfYear(thursdayOf(date)) / 7);

const thursdayOf = (date: Date): Date => new Date(date.getTime() + (4 - isoDayOfWeek(date)) * day);
