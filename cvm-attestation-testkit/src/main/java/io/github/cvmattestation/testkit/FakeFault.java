package io.github.cvmattestation.testkit;

/** What a {@link FaultyServer} can be told to do to requests instead of answering them. */
public enum FakeFault {
  /** 429, which says after how many seconds to come back. */
  THROTTLED_RETRY_AFTER,
  /** 429, which does not say. */
  THROTTLED,
  /** 404: of Azure's instance metadata service, that it is being updated. */
  NOT_FOUND,
  /** 410: the same. */
  GONE,
  /** 500, with the error document of Azure's services. */
  INTERNAL_ERROR,
  /** 503. */
  UNAVAILABLE,
  /** The connection is reset once the request has been read. */
  RESET,
  /** Octets that are no HTTP; they say {@link FaultyServer#GARBAGE}. */
  GARBAGE,
  /** The request is read, and then nothing happens. */
  HANG,
  /** The right answer, byte by byte with pauses, and no end. */
  DRIP,
  /** The connection ends in the middle of the body. */
  TRUNCATED,
  /** 302 to {@link FaultyServer#ELSEWHERE}. */
  REDIRECT,
  /** 200 and a web page, as captive portals answer. */
  HTML,
  /** 200 and a small body that unpacks to {@link FaultyServer#BOMB_SIZE} bytes. */
  GZIP_BOMB,
  /** 200 and a body without end, as fast as it can be read. */
  ENDLESS,
  /** Content-Length states half of what the body has. */
  WRONG_LENGTH,
  /** Content-Length is a word. */
  GARBLED_LENGTH,
  /** What was answered to the request before, on the same path. */
  STALE_BODY,
  /** What was answered last on another path. */
  SWAPPED_BODY
}
