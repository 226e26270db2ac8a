namespace Semblance.Server.Ollama;

/// <summary>Represents the API of Ollama, whose errors are one string.</summary>
internal sealed class OllamaDialect : Dialect
{
    /// <summary>Gets the dialect.</summary>
    public static OllamaDialect Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "Ollama";

    /// <inheritdoc/>
    /// <remarks>The second one is what curl sends; the examples of Ollama name no other.</remarks>
    public override string[] ContentTypes { get; } = ["application/json", "application/x-www-form-urlencoded"];

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, ServerError error, int status) => JsonBody.WriteAsync(
        context, new OllamaError(error.Kind == ErrorKind.TooLong ? "the input length exceeds the context length" : error.Message),
        OllamaJson.Default.OllamaError);
}
