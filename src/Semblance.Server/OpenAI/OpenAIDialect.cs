namespace Semblance.Server.OpenAI;

/// <summary>Represents the API of OpenAI, whose errors are objects under <c>error</c>.</summary>
internal sealed class OpenAIDialect : Dialect
{
    /// <summary>Gets the dialect.</summary>
    public static OpenAIDialect Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "OpenAI";

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, ServerError error, int status) => JsonBody.WriteAsync(
        context,
        new ErrorBody(new ErrorDetail(error.Message, TypeOf(error.Kind), error.Parameter, CodeOf(error.Kind))),
        OpenAIJson.Default.ErrorBody);

    private static string TypeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Unauthorized => "authentication_error",
        ErrorKind.Overloaded => "rate_limit_error",
        ErrorKind.Internal or ErrorKind.Deadline or ErrorKind.Unavailable => "server_error",
        ErrorKind.NotFound => "not_found_error",
        _ => "invalid_request_error",
    };

    private static string? CodeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Unauthorized => "invalid_api_key",
        ErrorKind.ModelNotFound => "model_not_found",
        ErrorKind.Overloaded => "rate_limit_exceeded",
        ErrorKind.TooLong => "context_length_exceeded",
        _ => null,
    };
}
