/** An event or a message that AWS would give up, and count in a metric, without telling anybody. */
export interface Undelivered {
  /** AWS's metric for it. */
  readonly metric:
    | "AsyncEventsDropped"
    | "DestinationDeliveryFailures"
    | "DeadLetterErrors"
    | "NumberOfNotificationsFailed"
    | "NumberOfNotificationsFailedToRedriveToDlq";
  /** The ARN of the function or the subscription that it was meant for. */
  readonly arn: string;
  /** Why, and where it was to go. Never the message. */
  readonly detail: string;
}

export type ReportUndelivered = (undelivered: Undelivered) => void;

/** Reports to the user, in one line. */
export function reportTo(notice: (text: string) => void): ReportUndelivered {
  return ({ metric, arn, detail }) => notice(`${metric} ${arn}: ${detail}`);
}
