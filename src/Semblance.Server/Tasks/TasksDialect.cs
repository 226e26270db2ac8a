using Semblance.Server.OpenAI;

namespace Semblance.Server.Tasks;

/// <summary>Represents the routes of task models, whose errors have the shape of OpenAI's.</summary>
internal sealed class TasksDialect : Dialect
{
    /// <summary>Gets the dialect.</summary>
    public static TasksDialect Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "Tasks";

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, ServerError error, int status) =>
        OpenAIDialect.Instance.WriteAsync(context, error, status);
}
