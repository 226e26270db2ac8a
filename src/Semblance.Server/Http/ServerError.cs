namespace Semblance.Server;

/// <summary>Represents an error as a client sees it.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Message">The sentence, which says what was found and what is expected.</param>
internal sealed record ServerError(ErrorKind Kind, string Message)
{
    /// <summary>Gets the member of the request that is wrong; <see langword="null"/> if it is not one.</summary>
    public string? Parameter { get; init; }

    /// <summary>Gets the maximum length, for a text that is too long.</summary>
    public int? Limit { get; init; }

    /// <summary>Gets the number of tokens, for a text that is too long.</summary>
    public int? TokenCount { get; init; }

    /// <summary>Gets the time after which the request may succeed; <see langword="null"/> if it never will.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets the usual status of the kind.</summary>
    public int Status => Kind switch
    {
        ErrorKind.Unauthorized => StatusCodes.Status401Unauthorized,
        ErrorKind.NotFound or ErrorKind.ModelNotFound => StatusCodes.Status404NotFound,
        ErrorKind.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.BodyTooSlow => StatusCodes.Status408RequestTimeout,
        ErrorKind.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorKind.MediaType => StatusCodes.Status415UnsupportedMediaType,
        ErrorKind.Overloaded => StatusCodes.Status429TooManyRequests,
        ErrorKind.Deadline => StatusCodes.Status504GatewayTimeout,
        ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorKind.Internal => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };
}
