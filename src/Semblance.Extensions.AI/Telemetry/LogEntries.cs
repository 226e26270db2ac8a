using Microsoft.Extensions.Logging;

namespace Semblance.Extensions.AI;

/// <summary>Provides the log entries of the models.</summary>
internal static partial class LogEntries
{
    [LoggerMessage(1, LogLevel.Debug, "{Operation} {Model}: {Count} inputs, {Tokens} tokens in {Milliseconds:F1} ms")]
    public static partial void Completed(ILogger logger, string operation, string model, int count, int tokens, double milliseconds);

    [LoggerMessage(
        2, LogLevel.Warning,
        "{Operation} {Model}: {Count} of the texts were longer than the maximum sequence length, {Limit} tokens; their ends were left out")]
    public static partial void Truncated(ILogger logger, string operation, string model, int count, int limit);

    [LoggerMessage(3, LogLevel.Error, "{Operation} {Model} failed")]
    public static partial void Failed(ILogger logger, string operation, string model, Exception exception);

    [LoggerMessage(4, LogLevel.Information, "The model {Model} was loaded in {Milliseconds:F0} ms")]
    public static partial void Loaded(ILogger logger, string model, double milliseconds);

    [LoggerMessage(5, LogLevel.Warning, "The model {Model}: {Warning}")]
    public static partial void ModelWarning(ILogger logger, string model, string warning);

    [LoggerMessage(6, LogLevel.Error, "The model {Model} cannot be loaded")]
    public static partial void LoadFailed(ILogger logger, string model, Exception exception);
}
