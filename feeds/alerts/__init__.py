"""Alerts: what the outbox holds reaches the hooks that want it, once, in time, and provably.

rules     which hook wants which event                          pure
schedule  when to try again after a failure                     pure
message   an event in words, for people                         pure
wire      one POST: guarded, bounded, without leaking a secret
webhook   Standard Webhooks               (http, https)
chat      Feishu, Lark, DingTalk, WeCom   (feishu, lark, dingtalk, wecom)
apprise   everything else                 (mailto, slack, tgram …)
deliver   outbox -> hooks
"""
