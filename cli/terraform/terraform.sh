#!/bin/sh
# Terraform, for cdktf: a cdktf that is interrupted passes Ctrl-C on and hangs up at once. Terraform would end in the
# middle of its work, and resources that it has just made would be in no state; so it finishes what it has begun.
trap '' HUP
# Those who must leave no process behind want to know of it.
if [ -n "${TERRAFORM_PROCESSES:-}" ]; then : >"$TERRAFORM_PROCESSES/$$"; fi
exec terraform "$@"
