import { type ComputedAttributes, nameOf, type ResourceType, served } from "../../deployment/resource-type";
import { formatArn } from "../../kernel/arn";
import { seededUuid } from "../../kernel/ids";

const topic: ComputedAttributes = (own, { region, accountId }) => {
  const isFifo = own.boolean("fifo_topic", false);
  // A name that the provider composes ends as a FIFO topic's must.
  const name = isFifo && !own.has("name") ? `${nameOf(own)}.fifo` : nameOf(own);
  const arn = formatArn({ region, accountId }, "sns", name);
  return { arn, id: arn, name, owner: accountId, fifo_topic: false };
};

const subscription: ComputedAttributes = (own, { accountId }) => {
  const arn = `${own.string("topic_arn")}:${seededUuid(own.seed("subscription"))}`;
  return {
    arn,
    id: arn,
    owner_id: accountId,
    pending_confirmation: false,
    confirmation_was_authenticated: true,
  };
};

export const snsResourceTypes: readonly ResourceType[] = [
  served("aws_sns_topic", {
    providerOnly: ["beginning_archive_time", "owner"],
    computed: topic,
    inert: { kms_master_key_id: "nothing is stored on a disk here" },
    policy: { attribute: "policy", guards: (resource) => resource.string("arn") },
  }),
  served("aws_sns_topic_policy", {
    providerOnly: ["owner"],
    computed: (own, { accountId }) => ({ id: own.string("arn"), owner: accountId }),
    policy: { attribute: "policy", guards: (resource) => resource.string("arn") },
  }),
  served("aws_sns_topic_subscription", {
    defaults: { confirmation_timeout_in_minutes: 1 },
    providerOnly: ["confirmation_was_authenticated", "owner_id", "pending_confirmation"],
    computed: subscription,
  }),
];
