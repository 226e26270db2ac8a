namespace Semblance.Server;

/// <summary>Specifies the kind of an error, which a dialect maps to its own status and name.</summary>
internal enum ErrorKind
{
    /// <summary>The body is not JSON.</summary>
    Malformed,

    /// <summary>A value of the body has another type than expected.</summary>
    WrongType,

    /// <summary>A value of the body is not allowed.</summary>
    Validation,

    /// <summary>There is no text.</summary>
    Empty,

    /// <summary>A text is too long and must not be truncated.</summary>
    TooLong,

    /// <summary>The API key is missing or wrong.</summary>
    Unauthorized,

    /// <summary>There is no such route or record.</summary>
    NotFound,

    /// <summary>There is no such model.</summary>
    ModelNotFound,

    /// <summary>The model is of another kind than the request needs.</summary>
    WrongModel,

    /// <summary>The route has another method.</summary>
    MethodNotAllowed,

    /// <summary>The body is too large.</summary>
    BodyTooLarge,

    /// <summary>The body does not arrive.</summary>
    BodyTooSlow,

    /// <summary>The content type is not JSON.</summary>
    MediaType,

    /// <summary>The record exists already.</summary>
    Conflict,

    /// <summary>The queue is full.</summary>
    Overloaded,

    /// <summary>The time of the request is over.</summary>
    Deadline,

    /// <summary>The server is stopping or not ready.</summary>
    Unavailable,

    /// <summary>Anything else; the log has the reason.</summary>
    Internal,
}
