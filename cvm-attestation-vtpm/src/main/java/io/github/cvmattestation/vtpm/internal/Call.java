package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.vtpm.TpmHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command before it is framed.
 *
 * @param handles as many as the command has, in its order
 * @param authorizations one for each handle that needs it
 * @param extra an HMAC session that authorises nothing and encrypts parameters, or null
 * @param parameters cleared when the call is over
 */
// An array on purpose: it is cleared after use, and nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
public record Call(
    CommandCode command,
    List<TpmHandle> handles,
    List<Authorization> authorizations,
    @Nullable SessionState extra,
    byte[] parameters) {
  public Call {
    handles = List.copyOf(handles);
    authorizations = List.copyOf(authorizations);
    if (handles.size() != command.handles() || authorizations.size() != command.authorised()) {
      throw new IllegalArgumentException(
          command.specName() + ": handles or authorisations missing");
    }
  }
}
