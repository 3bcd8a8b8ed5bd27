// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension HelpTopic {
  static let cluster = HelpTopic(
    "cluster", "several servers that answer for each other",
    [
      .paragraph(
        "Servers that keep their sessions in one Redis answer for each other: a client may send each request to any of them. "
          + "Requests of revision 2026-07-28 have no sessions, and Redis is not asked about them."),
      .lines([
        "mcpctl serve --transport http-stream --port 8001 --redis redis://10.0.0.9:6379 --node-name n1",
        "mcpctl serve --transport http-stream --port 8002 --redis redis://10.0.0.9:6379 --node-name n2",
        "mcpctl deploy nginx n1=10.0.0.1:8001 n2=10.0.0.2:8002",
      ]),
      .paragraph(
        "`mcpctl doctor URL --replicas` asks, from where a client is, which servers answer behind a URL and whether they know each "
          + "other's sessions; `mcpctl cluster doctor` asks Redis."),
      .heading("Redis"),
      .terms([
        ("redis://HOST[:PORT][/DB]", "One server; rediss:// with TLS, unix:///PATH for its socket."),
        ("redis+sentinel://HOST,HOST/NAME", "The master of that name, of which the sentinels know."),
        ("redis+cluster://HOST,HOST", "A Redis Cluster."),
      ]),
      .paragraph(
        "Others see what is on the command line, so a password is refused there: set REDIS_PASSWORD or redis.password, or give "
          + "the whole URL in MCP_REDIS_URL. TLS takes ?ca=FILE&cert=FILE&key=FILE at the end of the URL."),
      .heading("Names"),
      .paragraph(
        "Each server has a name of its own (--node-name, NODE_NAME): a second one of a name that lives is refused. It is part of "
          + "the ids of the sessions it opens, so that nginx can send their requests there first. Servers need not reach each "
          + "other: what they have to tell goes through Redis. cluster.seeds is read by `mcpctl deploy nginx` alone."),
      .heading("What is shared"),
      .paragraph(
        "Session ids are signed, and what requestState is sealed with is derived from the same secret. Without cluster.secret the "
          + "first server makes one and leaves it in Redis, for whoever may read there. To change it, give all servers OLD,NEW; then "
          + "NEW,OLD; then NEW. Tasks are in Redis as well: any server is asked after them, answers their questions and cancels them."
      ),
      .heading("When Redis is away"),
      .paragraph(
        "Nothing is kept in memory in its place. Sessions that were used on a server shortly before are served there for "
          + "cluster.degraded_grace (60 s); what cannot be looked up is answered 503, and 404 only when it is known to be gone. "
          + "/ready says so under \"degraded\", and fails with cluster.require_redis."),
      .heading("When a server is gone"),
      .paragraph(
        "A server that has said nothing for cluster.lease (15 s) is taken for dead. Its clients come back to another, and what it was "
          + "answering on a stream ends with an error -32000 whose data is {\"reason\":\"node_lost\",\"outcome\":\"unknown\"}. The "
          + "older transport (/sse) has its session with its stream, and so on one server: it ends with it."),
      .paragraph(
        "One that was stopped for two thirds of that time, or whose name another has, answers requests of sessions with 503 and "
          + "{\"reason\":\"node_fenced\"} until Redis has heard of it again; /ready is 503 meanwhile, and says lease."),
    ])
}
