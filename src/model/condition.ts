// `when`: whether an action or a job applies to one occurrence. Fields read `scheduled_for` in the job's zone.

export interface Condition {
  readonly hourIn: readonly number[] | null;
  readonly minuteIn: readonly number[] | null;
}
