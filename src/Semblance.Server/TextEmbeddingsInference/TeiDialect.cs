namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the API of text-embeddings-inference, whose errors have a type, and a status of their own.</summary>
internal sealed class TeiDialect : Dialect
{
    /// <summary>Gets the dialect.</summary>
    public static TeiDialect Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "text-embeddings-inference";

    /// <inheritdoc/>
    public override int StatusOf(ServerError error) => error.Kind switch
    {
        ErrorKind.Validation or ErrorKind.WrongType or ErrorKind.TooLong => StatusCodes.Status422UnprocessableEntity,
        ErrorKind.WrongModel or ErrorKind.Internal => StatusCodes.Status424FailedDependency,
        _ => error.Status,
    };

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, ServerError error, int status)
    {
        switch (error.Kind)
        {
            case ErrorKind.Unauthorized:
                return Task.CompletedTask; // no body
            case ErrorKind.Malformed or ErrorKind.WrongType or ErrorKind.MediaType or ErrorKind.BodyTooLarge:
                context.Response.ContentType = "text/plain; charset=utf-8"; // those of its web framework
                return context.Response.WriteAsync(error.Message);
            default:
                return JsonBody.WriteAsync(context, new TeiError(MessageOf(error), TypeOf(error.Kind)), TeiJson.Default.TeiError);
        }
    }

    /// <summary>Returns the sentence of an error.</summary>
    public static string MessageOf(ServerError error) => error switch
    {
        { Kind: ErrorKind.Overloaded } => "Model is overloaded",
        { Kind: ErrorKind.Unavailable } => "unhealthy",
        { Kind: ErrorKind.TooLong, Limit: { } limit, TokenCount: { } count } =>
            FormattableString.Invariant($"`inputs` must have less than {limit} tokens. Given: {count}"),
        _ => error.Message,
    };

    private static string TypeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Empty => "Empty",
        ErrorKind.Overloaded => "Overloaded",
        ErrorKind.Unavailable => "Unhealthy",
        ErrorKind.WrongModel or ErrorKind.Internal or ErrorKind.Deadline => "Backend",
        _ => "Validation",
    };
}
