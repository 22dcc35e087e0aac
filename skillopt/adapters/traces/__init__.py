"""Reading what agents did elsewhere: chat logs, exports of tracing tools, documents."""
