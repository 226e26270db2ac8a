using Semblance.Server.OpenAI;

namespace Semblance.Server.Collections;

/// <summary>Represents the routes of collections, whose errors have the shape of OpenAI's.</summary>
internal sealed class CollectionsDialect : Dialect
{
    /// <summary>Gets the dialect.</summary>
    public static CollectionsDialect Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "Collections";

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, ServerError error, int status) =>
        OpenAIDialect.Instance.WriteAsync(context, error, status);
}
