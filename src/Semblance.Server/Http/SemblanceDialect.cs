using Semblance.Server.OpenAI;

namespace Semblance.Server;

/// <summary>Represents the server's own routes: collections, tasks and maps. Their errors have the shape of OpenAI's.</summary>
internal sealed class SemblanceDialect : Dialect
{
    /// <summary>Gets the dialect.</summary>
    public static SemblanceDialect Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "Semblance";

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, ServerError error, int status) =>
        OpenAIDialect.Instance.WriteAsync(context, error, status);
}
