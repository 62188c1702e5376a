"""What stands between uvicorn and the network: limits on connections and heads, and strict framing."""
