namespace Semblance.Server.Cohere;

/// <summary>Represents the API of Cohere, whose errors are a message.</summary>
internal sealed class CohereDialect : Dialect
{
    /// <summary>Gets the dialect.</summary>
    public static CohereDialect Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "Cohere";

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, ServerError error, int status) =>
        JsonBody.WriteAsync(context, new CohereError(error.Message), CohereJson.Default.CohereError);
}
