"""Alerts: what the outbox holds reaches the hooks that want it, once, in time, and provably.

rules     which hook wants which event, and what may not wait   pure
schedule  quiet hours, and when to try again after a failure    pure
circuit   when a hook counts as failing                         pure
message   an event in words, for people                         pure
template  the same in a hook's own words
sandbox   where those are reckoned: a process that reaches nothing, and ends
wire      one POST: guarded, bounded, without leaking a secret
webhook   Standard Webhooks                   (http, https)
chat      Feishu, Lark, DingTalk, WeCom       (feishu, lark, dingtalk, wecom)
mail      mail, whose address mailbox reads   (smtp, smtps, mailto)
jsonl     lines of a file                     (file)
apprise   everything else                     (slack, tgram …)
channels  which of these serves a hook, and what goes together
deliver   outbox -> hooks, by way of desk, the store's side of it
"""
